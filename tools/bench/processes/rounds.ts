import type { Load } from "../contestants/contestant.js";
import { median } from "../support/median.js";
import type { LoadProcess } from "./contestant-process.js";

/** A contestant that runs. */
export interface Side {
  readonly name: string;
  readonly process: LoadProcess;
}

/** One round of one side. All times are those of one call. */
export interface Round {
  readonly perSecond: number;
  /** Wall time. With one call in flight, it is the mean latency. */
  readonly us: number;
  /** CPU time of the client's process. */
  readonly clientUs: number;
  /** CPU time of the servers. */
  readonly serverUs: number;
  readonly greatestMs: number;
}

/** The rounds of a side, and the median of each figure. */
export interface Figures extends Round {
  readonly rounds: readonly Round[];
}

/** How often the rounds are repeated. */
export interface Repeats {
  readonly rounds: number;
  /** Rounds before them, which do not count: V8 compiles the code that is often used. Default 1. */
  readonly warmUps?: number;
}

/**
 * Runs rounds of all sides in turn, so that they see the same state of the machine. Each side has its
 * own process, so the compiled code and the heap of one do not change the figures of another. The
 * processes that wait use no CPU time.
 *
 * @param serverCpuUs the CPU time that the servers have used so far
 */
export async function runRounds(
  sides: readonly Side[],
  load: Load,
  { rounds, warmUps = 1 }: Repeats,
  serverCpuUs: () => Promise<number>,
): Promise<(name: string) => Figures> {
  const found = new Map<string, Round[]>(sides.map(({ name }) => [name, []]));
  for (let round = -warmUps; round < rounds; round++) {
    // Each comes first in every other round.
    for (const { name, process } of round % 2 === 0 ? sides : sides.toReversed()) {
      const before = await serverCpuUs();
      const { calls, ms, cpuUs, greatestMs } = await process.run(load);
      const serverUs = ((await serverCpuUs()) - before) / calls;
      const perSecond = (calls / ms) * 1_000;
      if (round >= 0)
        found
          .get(name)
          ?.push({ perSecond, us: 1_000_000 / perSecond, clientUs: cpuUs / calls, serverUs, greatestMs });
    }
  }
  return (name) => figuresOf(found.get(name) ?? []);
}

function figuresOf(rounds: readonly Round[]): Figures {
  const of = (figure: keyof Round) => median(rounds.map((round) => round[figure]));
  return {
    rounds,
    perSecond: of("perSecond"),
    us: of("us"),
    clientUs: of("clientUs"),
    serverUs: of("serverUs"),
    greatestMs: of("greatestMs"),
  };
}
