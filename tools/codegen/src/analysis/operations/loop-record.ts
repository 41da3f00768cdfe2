import { type LoopExits, neverTerminates } from "../domain/iteration-bounds.js";
import type { Context } from "../interpreter/interpreter.js";
import { rangeKey } from "../interpreter/recorder.js";
import { commentsAbove, declaredLimit, type luaparse, type Range, rangeOf } from "../syntax/syntax.js";
import { doublingTexts } from "../syntax/text-growth.js";

export type Loop =
  | luaparse.ForNumericStatement
  | luaparse.ForGenericStatement
  | luaparse.WhileStatement
  | luaparse.RepeatStatement;

/** The keyword's own length is what a problem underlines: `for`, `while`, `repeat`. */
const KEYWORDS = {
  ForNumericStatement: 3,
  ForGenericStatement: 3,
  WhileStatement: 5,
  RepeatStatement: 6,
} as const;

/** How often a loop runs, as far as the analysis knows. */
export interface IterationBounds {
  readonly min: number;
  /** Infinite where nothing is known. */
  readonly max: number;
  /** Its step may be zero. */
  readonly stepMayBeZero?: boolean;
}

/** Records a loop and its declared limit. Returns the context of its body. */
export function enterLoop(loop: Loop, known: IterationBounds, context: Context): Context {
  for (const node of doublingTexts(loop.body)) {
    const range = rangeOf(context.source, node);
    context.interpreter.recorder.texts.set(rangeKey(range), {
      range,
      by: "",
      doubles: true,
      max: Infinity,
    });
  }
  return recordLoop(rangeOfLoop(loop, context), known, context);
}

function rangeOfLoop(loop: Loop, context: Context): Range {
  return { start: rangeOf(context.source, loop).start, length: KEYWORDS[loop.type] };
}

/** Records a loop, or a builtin that calls a function repeatedly, and its declared limit. */
export function recordLoop(range: Range, found: IterationBounds, context: Context): Context {
  const { source, interpreter } = context;
  const { start } = range;
  const declared = declaredLimit(commentsAbove(source, start.line));
  const iterations = context.iterations * (declared?.max ?? 1);
  const key = rangeKey(range);
  const known = interpreter.recorder.loops.get(key);
  interpreter.recorder.loops.set(key, {
    range,
    limit: declared && { ...declared, position: start },
    stepMayBeZero: found.stepMayBeZero === true || known?.stepMayBeZero === true,
    neverEnds: known?.neverEnds === true,
    min: Math.max(found.min, known?.min ?? 0),
    max: Math.max(found.max, known?.max ?? 0),
    iterations: Math.max(iterations, known?.iterations ?? 0),
  });
  return { ...context, iterations };
}

/** Records the facts about a loop that are known after its fixpoint. */
export function recordLoopEnd(loop: Loop, context: Context, loopExits: LoopExits, max = 0): void {
  const { loops } = context.interpreter.recorder;
  const key = rangeKey(rangeOfLoop(loop, context));
  const known = loops.get(key);
  if (known === undefined) return;
  const neverEnds = known.neverEnds || neverTerminates(loopExits);
  loops.set(key, { ...known, neverEnds, max: Math.max(max, known.max) });
}

/** Nothing is known of it: what a comment says is all there is. */
