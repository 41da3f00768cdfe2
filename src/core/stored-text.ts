/**
 * The start of a text for people, as Redis stores it: well-formed UTF-8 of at most 250 characters,
 * so at most 1,000 bytes. A lone surrogate becomes U+FFFD. It reads only the start of the text.
 */
export function storedText(text: string): string {
  const start = text.slice(0, 2 * MAX_CHARACTERS);
  return Buffer.from([...start].slice(0, MAX_CHARACTERS).join("")).toString();
}

const MAX_CHARACTERS = 250;
