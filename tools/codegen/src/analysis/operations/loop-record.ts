import { type Endings, neverEnds } from "../domain/iteration-bounds.js";
import type { Context } from "../interpreter/interpreter.js";
import { spotKey } from "../interpreter/recorder.js";
import { commentsAbove, declaredLimit, type luaparse, type Spot, spotOf } from "../syntax/syntax.js";
import { doublings } from "../syntax/text-growth.js";

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
export interface KnownRounds {
  readonly least: number;
  /** Infinite where nothing is known. */
  readonly greatest: number;
  /** Its step may be zero. */
  readonly endless?: boolean;
}

/** Notes a loop and its declared limit; gives the context of its body. */
export function enter(loop: Loop, known: KnownRounds, context: Context): Context {
  for (const node of doublings(loop.body)) {
    const spot = spotOf(context.source, node);
    context.machine.recorder.texts.set(spotKey(spot), { spot, by: "", doubles: true, greatest: Infinity });
  }
  return noteLoop(spotOfLoop(loop, context), known, context);
}

function spotOfLoop(loop: Loop, context: Context): Spot {
  return { place: spotOf(context.source, loop).place, length: KEYWORDS[loop.type] };
}

/** Notes something that runs again and again, and its declared limit. */
export function noteLoop(spot: Spot, found: KnownRounds, context: Context): Context {
  const { source, machine } = context;
  const { place } = spot;
  const declared = declaredLimit(commentsAbove(source, place.line));
  const rounds = context.rounds * (declared?.atMost ?? 1);
  const key = spotKey(spot);
  const known = machine.recorder.loops.get(key);
  machine.recorder.loops.set(key, {
    spot,
    limit: declared && { ...declared, place },
    endless: found.endless === true || known?.endless === true,
    unending: known?.unending === true,
    least: Math.max(found.least, known?.least ?? 0),
    greatest: Math.max(found.greatest, known?.greatest ?? 0),
    rounds: Math.max(rounds, known?.rounds ?? 0),
  });
  return { ...context, rounds };
}

/** Notes what is known of a loop only after its body was followed. */
export function noteEnd(loop: Loop, context: Context, endings: Endings, greatest = 0): void {
  const { loops } = context.machine.recorder;
  const key = spotKey(spotOfLoop(loop, context));
  const known = loops.get(key);
  if (known === undefined) return;
  const unending = known.unending || neverEnds(endings);
  loops.set(key, { ...known, unending, greatest: Math.max(greatest, known.greatest) });
}

/** Nothing is known of it: what a comment says is all there is. */
