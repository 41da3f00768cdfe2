/**
 * How much work a Lua pattern may make: matching takes time in proportion to the text's length to
 * this power, at most. Lua tries each way to divide a text among repetitions (`*`, `+`, `-`) that
 * match the same characters. A pattern without `^` is tried from each position. Infinite where too
 * many characters may be left out.
 *
 * Source: the matcher of Lua 5.1, `max_expand` and `min_expand` in lstrlib.c.
 */
export function patternWork(pattern: string, mayAnchor = true): number {
  const anchored = mayAnchor && pattern.startsWith("^");
  const items = itemsOf(anchored ? pattern.slice(1) : pattern);
  if (items.filter(({ count }) => count === "optional").length > MAX_OPTIONAL) return Infinity;
  let longest = 0;
  for (let code = 0; code < 256; code++)
    longest = Math.max(longest, longestRun(items, String.fromCharCode(code)));
  return Math.max(1, longest + (anchored || longest === 0 ? 0 : 1));
}

/** Each character that may be left out doubles the ways. */
const MAX_OPTIONAL = 10;

interface Item {
  readonly matches: (character: string) => boolean;
  readonly count: "once" | "optional" | "some" | "any";
}

/** How many repetitions in a row may match one and the same character. */
function longestRun(items: readonly Item[], character: string): number {
  let run = 0;
  let longest = 0;
  for (const { matches, count } of items) {
    const matched = matches(character);
    if (matched && (count === "some" || count === "any")) run += 1;
    // What has to be there, and is another character, parts the repetitions around it.
    else if (!matched && (count === "once" || count === "some")) run = 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/**
 * The single parts of a pattern that is well formed. What is balanced, and a capture of before, may
 * match anything.
 */
function itemsOf(pattern: string): readonly Item[] {
  const items: Item[] = [];
  for (let at = 0; at < pattern.length; ) {
    const char = pattern.charAt(at);
    if (char === "(" || char === ")") {
      at += 1;
      continue;
    }
    if (char === "$" && at === pattern.length - 1) break;
    const special = char === "%" ? pattern.charAt(at + 1) : "";
    if (special === "b" || /[0-9]/.test(special)) {
      items.push({ matches: () => true, count: "any" });
      at += special === "b" ? 4 : 2;
      continue;
    }
    const [matches, end] = singleAt(pattern, at);
    const count = COUNTS[pattern.charAt(end)];
    items.push({ matches, count: count ?? "once" });
    at = count === undefined ? end : end + 1;
  }
  return items;
}

const COUNTS: Readonly<Record<string, Item["count"]>> = {
  "*": "any",
  "-": "any",
  "+": "some",
  "?": "optional",
};

/** The characters that match at a position of a pattern, and the position after it. */
function singleAt(pattern: string, at: number): [matches: (character: string) => boolean, end: number] {
  const char = pattern.charAt(at);
  if (char === "%") return [classOf(pattern.charAt(at + 1)), at + 2];
  if (char === "[") return setAt(pattern, at);
  if (char === ".") return [() => true, at + 1];
  return [(character) => character === char, at + 1];
}

function setAt(pattern: string, begin: number): [matches: (character: string) => boolean, end: number] {
  const negated = pattern.charAt(begin + 1) === "^";
  const parts: ((character: string) => boolean)[] = [];
  let at = negated ? begin + 2 : begin + 1;
  do {
    const char = pattern.charAt(at);
    const to = pattern.charAt(at + 2);
    if (char === "%") {
      parts.push(classOf(pattern.charAt(at + 1)));
      at += 2;
    } else if (pattern.charAt(at + 1) === "-" && to !== "]" && to !== "") {
      parts.push((character) => character >= char && character <= to);
      at += 3;
    } else {
      parts.push((character) => character === char);
      at += 1;
    }
  } while (at < pattern.length && pattern.charAt(at) !== "]");
  return [(character) => parts.some((part) => part(character)) !== negated, at + 1];
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z]/,
  c: /\p{Cc}/u,
  d: /[0-9]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[ \t\n\v\f\r]/,
  u: /[A-Z]/,
  w: /[A-Za-z0-9]/,
  x: /[A-Fa-f0-9]/,
  z: /\0/,
};

/** `%a`, `%A` and so on; of any other character, that character itself. */
function classOf(letter: string): (character: string) => boolean {
  const known = CLASSES[letter.toLowerCase()];
  if (known === undefined) return (character) => character === letter;
  const isOther = letter !== letter.toLowerCase();
  return (character) => known.test(character) !== isOther;
}
