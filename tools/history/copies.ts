import type { Call, Model, Operation } from "./call.js";

/** Leaves out calls without a reply if the same call could run at all their times. */
export function withoutCopies<State, Op extends Operation>(
  model: Model<State, Op>,
  history: readonly Call<Op>[],
): readonly Call<Op>[] {
  const ends = new Map<string, number>();
  return history
    .toSorted((one, other) => one.beganMs - other.beganMs)
    .filter((call) => {
      const { operation, endedMs } = call;
      const { name, args, reply } = operation;
      if (reply !== undefined || !model.isIdempotent?.(call)) return true;
      const text = `${name} ${JSON.stringify(args)}`;
      if ((ends.get(text) ?? Number.NEGATIVE_INFINITY) >= endedMs) return false;
      ends.set(text, endedMs);
      return true;
    });
}
