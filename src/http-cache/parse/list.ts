/** The members of a list between commas. A comma in a quoted text separates nothing. */
export function membersOf(text: string | undefined): readonly string[] {
  if (text === undefined || text === "") return NONE;
  if (!text.includes(",")) {
    const only = text.trim();
    return only === "" ? NONE : [only];
  }
  const members: string[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at <= text.length; at++) {
    const char = at === text.length ? "," : text[at];
    if (isQuoted && at < text.length) {
      if (char === "\\") at++;
      else if (char === '"') isQuoted = false;
    } else if (char === '"') isQuoted = true;
    else if (char === ",") {
      const member = text.slice(from, at).trim();
      if (member !== "") members.push(member);
      from = at + 1;
    }
  }
  // A quote that does not end takes the rest.
  if (from < text.length) {
    const rest = text.slice(from).trim();
    if (rest !== "") members.push(rest);
  }
  return members;
}

const NONE: readonly string[] = [];
