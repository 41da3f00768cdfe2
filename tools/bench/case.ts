/** A figure of Moonpath, beside that of a peer if there is one. */
export interface Case {
  readonly name: string;
  readonly ours: number;
  readonly theirs: number | undefined;
  /** For example `calls/s`, `us` or `ms`. */
  readonly unit: string;
  /** Ours divided by theirs. */
  readonly ratio: number | undefined;
  /** What the ratio must be, or the figure itself if there is no peer. */
  readonly target: Target | undefined;
  /** Whether the target is reached; true if there is none. */
  readonly ok: boolean;
}

/** A bound of a case. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** A case with a peer. The target is one of the ratio. */
export function ratioCase(
  name: string,
  figures: { readonly ours: number; readonly theirs: number; readonly unit: string },
  target?: Target,
): Case {
  const ratio = figures.ours / figures.theirs;
  return { name, ...figures, ratio, target, ok: isReached(ratio, target) };
}

/** A case without a peer. The target is one of the figure. */
export function figureCase(
  name: string,
  { ours, unit }: { readonly ours: number; readonly unit: string },
  target?: Target,
): Case {
  return { name, ours, theirs: undefined, unit, ratio: undefined, target, ok: isReached(ours, target) };
}

function isReached(value: number, target: Target | undefined): boolean {
  if (target === undefined) return true;
  return "atLeast" in target ? value >= target.atLeast : value <= target.atMost;
}
