/** Whether Lua takes a text for a pattern, so that matching it cannot fail. */
export function isPattern(pattern: string): boolean {
  let open = 0;
  let captures = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === "(") {
      open++;
      captures++;
    } else if (char === ")") open--;
    else if (char === "[") {
      at = endOfSet(pattern, at);
      if (at < 0) return false;
    } else if (char === "%") {
      at++;
      // What is balanced, frontiers and captures of before are for who knows them to be right.
      if (at >= pattern.length || /[bf0-9]/.test(pattern[at] ?? "")) return false;
    }
    if (open < 0 || captures > 32) return false;
  }
  return open === 0;
}

/** The end of the set that begins at a position; negative if it has no end. */
function endOfSet(pattern: string, begin: number): number {
  let at = pattern[begin + 1] === "^" ? begin + 2 : begin + 1;
  // The first character is one of the set, a closing bracket too.
  do {
    if (pattern[at] === "%") at++;
    at++;
  } while (at < pattern.length && pattern[at] !== "]");
  return at < pattern.length ? at : -1;
}
