/** The last column of a generated comment. */
const WIDTH = 100;

/**
 * A documentation comment of these paragraphs; empty ones are left out. Text is wrapped. A
 * paragraph that begins with a code fence stays as it is.
 */
export function jsdoc(indent: string, paragraphs: readonly string[]): string[] {
  const texts = paragraphs
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => paragraph.replaceAll("*/", "*\\/"));
  const [only = ""] = texts;
  const line = `${indent}/** ${escapeTag(only)} */`;
  if (texts.length === 1 && line.length <= WIDTH && !only.includes("\n")) return [line];
  const width = WIDTH - indent.length - " * ".length;
  return [
    `${indent}/**`,
    ...texts
      .flatMap((text, index) => [
        ...(index > 0 && !joined(texts[index - 1], text) ? [""] : []),
        ...lines(text, width),
      ])
      .map((text) => `${indent} * ${text}`.trimEnd()),
    `${indent} */`,
  ];
}

/** Tags of one kind stand below each other. */
function joined(before: string | undefined, after: string): boolean {
  const tag = TAG.exec(after)?.[0];
  return tag !== undefined && before?.startsWith(tag) === true;
}

/**
 * The tags that generated comments use. Another `@` at the start of a line is the author's text.
 */
const TAG = /^@(?:throws|example|see)\b/;

function lines(text: string, width: number): string[] {
  if (text.startsWith("@example\n")) return text.split("\n");
  return text.split("\n").flatMap((line) => wrap(line, width));
}

/** Breaks a line of text between words. What follows hangs below a list item's text. */
export function wrap(
  line: string,
  width: number,
  hang = /^(?:- |@throws )/.test(line) ? "  " : "",
): string[] {
  const wrapped: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    const next = current === "" ? word : `${current} ${word}`;
    // An `@` at the start of a line would begin a tag.
    if (current.trim() === "" || next.length <= width || word.startsWith("@")) current = next;
    else {
      wrapped.push(current);
      current = hang + word;
    }
  }
  return [...wrapped, current].map((part, index) => (index === 0 ? escapeTag(part) : part));
}

function escapeTag(text: string): string {
  return text.startsWith("@") && !TAG.test(text) ? `\\${text}` : text;
}
