/** Splits `a=1 "b c" d=["x", "y"]` at its spaces, those in quotes and brackets aside. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let word = "";
  let depth = 0;
  let quoted = false;
  let escaped = false;
  for (const letter of text) {
    if (letter === '"' && !escaped) quoted = !quoted;
    else if (!quoted && letter === "[") depth += 1;
    else if (!quoted && letter === "]") depth -= 1;
    escaped = quoted && letter === "\\" && !escaped;
    if (letter === " " && !quoted && depth === 0) {
      if (word !== "") words.push(word);
      word = "";
    } else word += letter;
  }
  if (word !== "") words.push(word);
  return words;
}

/** A word of a command: what stands in quotes, or the word itself. */
export function unquote(word: string): string {
  return quotedText(word) ?? word;
}

/** Whether a word begins with a quote and is no text as JSON writes it: `"a\q"`, `"a`. */
export function isMisquoted(word: string): boolean {
  return word.startsWith('"') && quotedText(word) === undefined;
}

function quotedText(word: string): string | undefined {
  if (!word.startsWith('"')) return undefined;
  try {
    const parsed: unknown = JSON.parse(word);
    return typeof parsed === "string" ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** `a=1 b=2` as a map; a word without `=` is told as undefined. */
export function readAssignments(text: string): Map<string, string> | undefined {
  const map = new Map<string, string>();
  for (const word of splitWords(text)) {
    const at = word.indexOf("=");
    if (at < 1) return undefined;
    map.set(word.slice(0, at), word.slice(at + 1));
  }
  return map;
}
