/** One physical line of a file. `bytes` is undefined when the line is longer than the limit. */
export interface RawLine {
  /** 1 for the first line. */
  readonly number: number;
  /** Without the line break (LF or CRLF). */
  readonly bytes: Buffer | undefined;
}

/** Longest line that is kept, in bytes; a real one has about 90. */
export const MAX_LINE_BYTES = 65_536;

/**
 * Cuts a stream of bytes into lines. Holds one chunk and at most one line, however long the file
 * is.
 */
export async function* splitLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<RawLine> {
  let number = 0;
  let open: Buffer[] = [];
  let openBytes = 0;

  const close = (): RawLine => {
    number += 1;
    const bytes = openBytes > MAX_LINE_BYTES ? undefined : dropCarriageReturn(Buffer.concat(open));
    open = [];
    openBytes = 0;
    return { number, bytes };
  };
  const extend = (piece: Buffer): void => {
    openBytes += piece.length;
    if (openBytes <= MAX_LINE_BYTES) open.push(piece);
    else open = [];
  };

  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      extend(chunk.subarray(start, end));
      yield close();
      start = end + 1;
    }
    if (start < chunk.length) extend(chunk.subarray(start));
  }
  if (openBytes > 0) yield close();
}

function dropCarriageReturn(line: Buffer): Buffer {
  return line.at(-1) === 13 ? line.subarray(0, -1) : line;
}
