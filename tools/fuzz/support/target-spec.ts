import type fc from "fast-check";

/** A property of a target does not hold for an input. */
export class Violation extends Error {
  override readonly name = "Violation";

  /**
   * `rule` is short and the same for every input that violates it. `detail` describes this input.
   */
  constructor(
    readonly rule: string,
    detail = "",
  ) {
    super(detail === "" ? rule : `${rule}: ${detail}`);
  }
}

/** The resources that are open while a target runs. */
export interface Trial<Input> {
  /** Tries one input. Any rejection is a finding. */
  attempt(input: Input): Promise<void>;
  /** Stops servers and removes files. */
  close(): Promise<void>;
}

/** One target of fuzzing. Inputs are plain JSON, so that the corpus can store them. */
export interface TargetSpec<Input> {
  readonly inputs: fc.Arbitrary<Input>;
  /** Whether a value of the corpus is an input of this target. */
  isInput(value: unknown): value is Input;
  /** Errors that a dependency throws where our code cannot catch them. */
  isForeign?(error: unknown): boolean;
  open(): Promise<Trial<Input>>;
}
