import type { Nodes, PhrasingContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { CODE_SPAN, type FileText, type Paragraph, type PlacedLine } from "../placed-text.js";

/** Reads a Markdown file. */
export function readMarkdown(source: string): FileText {
  const lines = source.split("\n").map((text, index) => ({ text, line: index + 1, column: 1 }));
  return { paragraphs: readParagraphs(lines), commentLines: [] };
}

/**
 * The paragraphs of GitHub Flavored Markdown. Code blocks, HTML blocks, link destinations and
 * images hold no prose.
 *
 * @param lines the document; they may come from a comment, so each has a place of its own
 */
export function readParagraphs(lines: readonly PlacedLine[]): readonly Paragraph[] {
  const source = lines.map(({ text }) => text).join("\n");
  const tree = fromMarkdown(source, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] });
  const paragraphs: Paragraph[] = [];
  const visit = (node: Nodes): void => {
    if (node.type === "paragraph" || node.type === "heading" || node.type === "tableCell") {
      paragraphs.push(paragraphOf(node.children, source, lines));
    } else if ("children" in node) {
      for (const child of node.children) visit(child);
    }
  };
  visit(tree);
  return paragraphs;
}

/** Collects a paragraph's characters, each with its offset in the source. */
class PlainText {
  text = "";
  readonly offsets: number[] = [];
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  add(node: PhrasingContent): void {
    const start = node.position?.start.offset ?? 0;
    if (node.type === "text") this.#addText(node.value, start);
    else if (node.type === "inlineCode" || node.type === "html") this.#addAt(CODE_SPAN, start);
    else if (node.type === "break") this.#addAt(" ", start);
    else if ("children" in node) for (const child of node.children) this.add(child);
  }

  /**
   * Adds a text node. Its value differs from the source in three ways: escapes have lost their
   * backslash, character references are resolved, and the indentation of continuation lines is
   * gone.
   */
  #addText(value: string, start: number): void {
    let offset = start;
    for (const unit of value.split("")) {
      if (this.#source[offset] === "\\" && unit !== "\\") offset += 1;
      while (this.#source[offset] !== unit && /[ \t>]/.test(this.#source[offset] ?? "")) offset += 1;
      this.#addAt(unit === "\n" ? " " : unit, offset);
      const reference =
        this.#source[offset] === unit ? null : /^&#?\w+;/.exec(this.#source.slice(offset, offset + 40));
      offset += reference === null ? 1 : reference[0].length;
    }
  }

  #addAt(text: string, offset: number): void {
    this.text += text;
    for (let count = 0; count < text.length; count += 1) this.offsets.push(offset);
  }
}

function paragraphOf(
  children: readonly PhrasingContent[],
  source: string,
  lines: readonly PlacedLine[],
): Paragraph {
  const plain = new PlainText(source);
  for (const child of children) plain.add(child);
  return {
    text: plain.text,
    positionAt: (index) => positionOf(plain.offsets[index] ?? 0, lines),
  };
}

function positionOf(offset: number, lines: readonly PlacedLine[]): { line: number; column: number } {
  let rest = offset;
  for (const { text, line, column } of lines) {
    if (rest <= text.length) return { line, column: column + rest };
    rest -= text.length + 1;
  }
  throw new RangeError(`offset ${offset} is behind the text's end`);
}
