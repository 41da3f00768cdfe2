/** What a search has found. */
export interface Found {
  /**
   * `incomplete`: the search ended at a limit of memory, depth or time. `error`: the model has an error of
   * its own, such as a deadlock.
   */
  readonly outcome: "holds" | "fails" | "incomplete" | "error";
  /** The number of stored states; undefined if the search did not end. */
  readonly states: number | undefined;
  /** The first message of the search. */
  readonly message: string | undefined;
}

const VIOLATION = { assertion: /assertion violated/, cycle: /non-progress cycle/ };

/** Reads what `pan` wrote. Another violation than the expected kind, such as a deadlock, is an error. */
export function foundIn(output: string, finds: "assertion" | "cycle"): Found {
  const states = /^\s*(\d+) states, stored/m.exec(output)?.[1];
  const message = /^pan:\d+: (.*)$/m.exec(output)?.[1];
  const found = { states: states === undefined ? undefined : Number(states), message };
  if (message !== undefined) {
    return { ...found, outcome: VIOLATION[finds].test(message) ? "fails" : "error" };
  }
  const isLimited = /max search depth too small|out of memory|reached -DMEMLIM/i.test(output);
  const isComplete = !isLimited && /errors: 0/.test(output) && states !== undefined;
  return { ...found, outcome: isComplete ? "holds" : "incomplete" };
}

/** The messages of the model in the output of `spin -t -p`, with the names of the processes. */
export function stepsIn(output: string): string[] {
  const names = new Map<string, string>();
  for (const [, id = "", name = ""] of output.matchAll(/proc\s+(\d+) \((\w+):\d+\)/g)) names.set(id, name);
  const steps: string[] = [];
  for (const line of output.split("\n")) {
    const text = line.trim();
    if (/^<+START OF CYCLE>+$/.test(text)) steps.push("from here on, again and again:");
    // A message of the model is indented, and has no colon behind a number as the lines of spin have.
    const isMessage = /^\s{2,}\S/.test(line) && !/^(\d+:\s|proc\s|#|spin:)/.test(text);
    if (isMessage && !/^\S+ = /.test(text) && !text.startsWith("<")) {
      steps.push(
        text.replace(/\bprocess (\d+)\b/g, (all, id) => (names.has(id) ? `${names.get(id)} ${id}` : all)),
      );
    }
  }
  return steps;
}
