/** The tag that each entry of a tenant has. */
export const EVERY_ENTRY = "*";

/** Where the parts of a header begin and end; see docs/cache-protocol.md. */
const CODING_AT = 1;
const CODING_END = 3;
const FRESH_UNTIL_AT = 4;
const FRESH_UNTIL_END = 17;
const FILL_ID_AT = 18;
const FILL_ID_END = 30;
const TOKENS_AT = 31;
const LINE_FEED = 0x0a;
const ZERO = 0x30;

/** The length of the hard part of a token. */
const HARD_LENGTH = 12;

/** The header of an entry. Its parts become texts when they are asked for: a hit needs few of them. */
export class Header {
  readonly #stored: Buffer;
  /** Where the value begins. */
  readonly valueAt: number;

  constructor(stored: Buffer, valueAt: number) {
    this.#stored = stored;
    this.valueAt = valueAt;
  }

  /** The codec and the compression, one character each. */
  get coding(): string {
    return this.#stored.toString("latin1", CODING_AT, CODING_END);
  }

  /** The id of the load that filled it. */
  get fillId(): string {
    return this.#stored.toString("latin1", FILL_ID_AT, FILL_ID_END);
  }

  /** The tokens of the entry's tags, as text. */
  get tokens(): string {
    return this.#stored.toString("utf8", TOKENS_AT, this.valueAt - 1);
  }
}

/** The first byte of an entry in the form that this release writes. */
const FORM = 0x31;

/** Until when an entry is fresh, by Redis's clock; undefined if it has another form. */
export function freshUntilOf(stored: Buffer): number | undefined {
  if (stored[0] !== FORM || stored.length < FRESH_UNTIL_END) return undefined;
  let freshUntil = 0;
  for (let at = FRESH_UNTIL_AT; at < FRESH_UNTIL_END; at++) {
    const digit = (stored[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return undefined;
    freshUntil = freshUntil * 10 + digit;
  }
  return freshUntil;
}

/** The header of an entry whose form `cache.read` has checked; undefined without an end. */
export function headerOf(stored: Buffer): Header | undefined {
  const end = stored.indexOf(LINE_FEED, TOKENS_AT);
  return end < 0 ? undefined : new Header(stored, end + 1);
}

/** The tokens of tags by name, as a header has them. `EVERY_ENTRY` is the first. */
export function tokensText(tokens: ReadonlyMap<string, string>): string {
  let text = tokens.get(EVERY_ENTRY) ?? "";
  for (const [tag, token] of tokens) if (tag !== EVERY_ENTRY) text += `\t${tag}=${token}`;
  return text;
}

/** The tags of a header and their tokens; undefined if it is no such text. */
export function tokensOf(text: string): ReadonlyMap<string, string> | undefined {
  const [every = "", ...others] = text.split("\t");
  const tokens = new Map([[EVERY_ENTRY, every]]);
  for (const other of others) {
    const end = other.lastIndexOf("=");
    if (end < 1) return undefined;
    tokens.set(other.slice(0, end), other.slice(end + 1));
  }
  return tokens;
}

/** Whether two tokens have the same hard part. */
export function sameHard(one: string, other: string): boolean {
  return one.slice(0, HARD_LENGTH) === other.slice(0, HARD_LENGTH);
}
