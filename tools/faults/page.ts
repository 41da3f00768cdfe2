import type { Outcome } from "./run.js";

/**
 * The page that a full run writes: a short table of all faults and servers, then one section for
 * each fault with its result on each server.
 */
export function faultsPage(outcomes: readonly Outcome[], date: string): string {
  const servers = [...new Set(outcomes.map(({ engine }) => engine))];
  const [first] = servers;
  const main = outcomes.filter(({ engine }) => engine === first);
  const minutes = Math.ceil(main.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 60_000);
  const rows = main.map(({ id, name }) => {
    const results = servers.map((server) => outcomes.find((one) => one.id === id && one.engine === server));
    return [`${id}`, name, ...results.map((one) => (one ? (one.ok ? "yes" : "**no**") : ""))];
  });
  const sections = main.map(({ id, name }) => {
    const own = outcomes.filter((outcome) => outcome.id === id);
    return `### Fault ${id}: ${name}\n\n${own.map(details).join("")}`;
  });
  return `# Faults and their results

\`npm run faults\` writes this page. Each result is of a run against real servers on one machine. The full run of ${date} took
${minutes} minutes on ${first}. Other servers ran in the small sizes of \`--quick\`.

${servers.map((server) => `- ${server}: ${summary(outcomes.filter(({ engine }) => engine === server))}\n`).join("")}
Row numbers never change. Numbers 27 to 29 are reserved for later faults. The table says for each server whether the result was as
promised. [Results](#results) has the figures.

Each fault has a control: the same fault and the same work without the guard. The control must fail, because that proves that the
fault is effective.

| # | Fault | ${servers.join(" | ")} |
| --- | --- |${servers.map(() => " --- |").join("")}
${rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("")}
\`npm run faults -- --only 3\` runs one fault, and \`--quick\` runs all faults in small sizes. \`--also valkey-server\` adds a quick run
on another server program. \`--help\` lists all options.

## What fault 30 proves

A history is linearizable if one order of its calls explains all replies, and this order agrees with the times of the calls. Fault
30 searches for such an order of the calls on each lock, request, product and coupon, and on each name with a rate limit or with
permits. \`tools/history/models\` has the models. It is enough to check each object alone (Herlihy and Wing, 1990).

- **The scripts:** \`lock.acquire\`, \`renew\` and \`release\`; \`idempotency.begin\`, \`complete\` and \`fail\`; \`stock.adjust\`,
  \`reserve\`, \`commit\`, \`release\` and \`read\`, with one warehouse; \`coupon.redeem\`, \`release\` and \`read\`;
  \`limit.take\`, \`peek\` and \`reset\`, with one limit; \`limit.enter\`, \`renew\` and \`leave\`, with three permits. A history has
  about 120 calls of up to 11 of the 64 clients.
- **Leases** end at the exact millisecond of Redis's clock. Servers and clients run on one machine. Their clocks may differ by 2 ms.
- **Rate limits** count in microseconds, and replies tell milliseconds. So the search knows the time of a call to about a
  millisecond, and it may miss a limit that gives a unit one millisecond too early.
- **A call without a reply** took effect once at any later time, or never.
- **Faults 6 and 7 have failovers.** Replication is asynchronous, so a failover loses calls that no replica has. There, each call
  waits for the replica with \`minReplicas: 1\`. A call without this acknowledgement counts as one without a reply. So the result
  says that no acknowledged call was lost or repeated. There, no stock, coupon or rate limit is read, because a read may see what
  no replica has. No reservation ends there.
- **Faults 8, 9, 12 and 17** lose nothing, so no call waits for a replica.
- **Not checked:** the other scripts, several warehouses, windows of coupons, several limits of a name, and what is forgotten
  after 10 minutes. The fences of grants that a failover loses are not checked here. Fault 6 checks that they rise.
- **Undecided** histories are those for which the search was too long. They make the run fail. The run then names a folder with
  all histories that were undecided or refused.

## Results

${sections.join("\n")}`;
}

function summary(outcomes: readonly Outcome[]): string {
  return `${outcomes.filter(({ ok }) => ok).length} of ${outcomes.length} results are as promised.`;
}

/** One list item for a server, with one item below it for each part of the outcome. */
function details({ engine, ok, size, figure, control, note }: Outcome): string {
  const parts = [
    ["Size", size],
    ["Result", figure],
    ["Control", control],
    ["Note", note],
  ];
  const lines = parts.flatMap(([name, text]) => (text ? [`  - ${name}: ${sentence(text)}\n`] : []));
  return `- **${engine}**${ok ? "" : ", **not as promised**"}\n${lines.join("")}`;
}

/** The same as JSON, for machines. */
export function faultsJson(outcomes: readonly Outcome[]): string {
  const faults = outcomes.map(({ id, name, size, figure, control, ok, note, engine, scale, elapsedMs }) => ({
    id,
    name,
    size,
    figure,
    control,
    ok,
    note: note ?? null,
    engine,
    scale,
    elapsedMs,
  }));
  return `${JSON.stringify({ faults }, null, 2)}\n`;
}

/** The first line, because an error's message may have several, with a full stop. */
function sentence(text: string): string {
  const [line = ""] = text.split("\n");
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
