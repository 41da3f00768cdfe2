/** So often calls are made again that were to leave together. */
const MAX_TRIES = 20;

/**
 * The first result that fits, of several tries, or else the last one. Calls that are made more than a
 * millisecond apart do not share a command, and a busy machine may take longer between two of them.
 */
export async function untilTogether<Result>(
  attempt: () => Promise<Result>,
  fits: (result: Result) => boolean,
): Promise<Result> {
  for (let tries = 1; ; tries++) {
    const result = await attempt();
    if (tries === MAX_TRIES || fits(result)) return result;
  }
}
