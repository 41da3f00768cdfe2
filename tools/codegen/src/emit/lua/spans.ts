import luaparse from "luaparse";

/** Where something begins and ends in a text. */
export type Span = readonly [from: number, to: number];

/** Where each line begins in the text, and where the line after the last one would begin. */
export function lineStarts(lines: readonly string[]): readonly number[] {
  const starts = [0];
  let end = 0;
  for (const line of lines) {
    end += line.length + 1;
    starts.push(end);
  }
  return starts;
}

/** Where a node begins and ends in the text, given the starts of its lines. */
export function spanOf(starts: readonly number[], node: luaparse.Node): Span {
  if (node.loc === undefined) throw new Error("luaparse was asked for locations and gave none");
  const offset = ({ line, column }: { line: number; column: number }) => (starts[line - 1] ?? 0) + column;
  return [offset(node.loc.start), offset(node.loc.end)];
}

/** The lines, from 1, on which a span of the text stands. */
export function linesBetween(starts: readonly number[], [from, to]: Span): number[] {
  const lines: number[] = [];
  for (let index = lineAt(starts, from); index < starts.length && (starts[index] ?? to) < to; index += 1) {
    if ((starts[index + 1] ?? 0) > from) lines.push(index + 1);
  }
  return lines;
}

/** The index of the line that holds the offset: a binary search, because a text may have 100,000 lines. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The text with a space for each character of these spans. Its lines stay where they are. */
export function withSpaces(text: string, spans: readonly Span[]): string {
  const parts: string[] = [];
  let end = 0;
  for (const [from, to] of [...spans].sort(([one], [other]) => one - other)) {
    if (to <= end) continue;
    parts.push(text.slice(end, from), text.slice(Math.max(from, end), to).replace(/[^\n]/g, " "));
    end = to;
  }
  parts.push(text.slice(end));
  return parts.join("");
}

/** The Lua text with spaces in place of its comments. */
export function withoutComments(lua: string): string {
  const { comments = [] } = luaparse.parse(lua, { luaVersion: "5.1", comments: true, locations: true });
  const starts = lineStarts(lua.split("\n"));
  return withSpaces(
    lua,
    comments.map((comment) => spanOf(starts, comment)),
  );
}
