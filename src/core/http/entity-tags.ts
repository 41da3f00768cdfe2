/** An entity tag of RFC 9110, section 8.8.3. */
export interface EntityTag {
  /** A weak tag names representations that mean the same, a strong one those with equal bytes. */
  readonly weak: boolean;
  /** The text between the quotes. It has no escapes: a backslash stands for itself. */
  readonly opaque: string;
}

/** The value of an `If-Match` or `If-None-Match` field. */
export type EntityTagList =
  | { readonly kind: "absent" }
  /** `*`: any representation. */
  | { readonly kind: "any" }
  /** At least one tag. */
  | { readonly kind: "tags"; readonly tags: readonly EntityTag[] }
  /** No list of entity tags, such as a tag without quotes. */
  | { readonly kind: "malformed" };

/** What a server has now: the tag of a representation, one without a tag, or none. */
export type CurrentEntity = EntityTag | "untagged" | "none";

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/** One element of a list with the separators before it. A list may have empty elements. */
const NEXT = /[\t ,]*(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[\t ]*(?=,|$)/y;
const SEPARATORS = /^[\t ,]*$/;

/**
 * Parses an `ETag` field. Undefined if it is no entity tag, such as `abc`, `w/"abc"` or `"a b"`.
 *
 * @example
 * parseEntityTag('W/"7"'); // { weak: true, opaque: "7" }
 */
export function parseEntityTag(field: string): EntityTag | undefined {
  const [all, weak, opaque] = TAG.exec(field.trim()) ?? [];
  return all === undefined || opaque === undefined ? undefined : { weak: weak !== undefined, opaque };
}

/**
 * The text of a tag in a field.
 *
 * @example
 * formatEntityTag({ weak: false, opaque: "7" }); // '"7"'
 */
export function formatEntityTag({ weak, opaque }: EntityTag): string {
  return `${weak ? "W/" : ""}"${opaque}"`;
}

/**
 * Parses `If-Match` or `If-None-Match`. Several lines of a field are joined with ", ", as Node and
 * `Headers` do. A comma between quotes belongs to its tag.
 *
 * @example
 * parseEntityTags('"a,b", W/"c"'); // { kind: "tags", tags: [{ … "a,b" }, { … "c" }] }
 */
export function parseEntityTags(field: string | null | undefined): EntityTagList {
  if (field === undefined || field === null) return { kind: "absent" };
  if (field.trim() === "*") return { kind: "any" };
  const tags: EntityTag[] = [];
  let at = 0;
  while (at < field.length && !SEPARATORS.test(field.slice(at))) {
    NEXT.lastIndex = at;
    const [all, weak, opaque] = NEXT.exec(field) ?? [];
    if (all === undefined || opaque === undefined) return { kind: "malformed" };
    tags.push({ weak: weak !== undefined, opaque });
    at += all.length;
  }
  return tags.length === 0 ? { kind: "malformed" } : { kind: "tags", tags };
}

/** Whether both are strong and have the same text. `If-Match` and `If-Range` compare so. */
export function matchesStrongly(one: EntityTag, other: EntityTag): boolean {
  return !one.weak && !other.weak && one.opaque === other.opaque;
}

/** Whether both have the same text, weak or strong. `If-None-Match` compares so. */
export function matchesWeakly(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque;
}

/**
 * Whether `If-None-Match` names what the server has now. Then GET and HEAD are answered 304, and
 * other methods 412. A malformed field names nothing, so the request is answered in full.
 */
export function ifNoneMatchNames(field: string | null | undefined, current: CurrentEntity): boolean {
  return names(parseEntityTags(field), current, matchesWeakly);
}

/**
 * Whether `If-Match` names what the server has now. If not, the request is answered 412. A
 * malformed field names nothing, so no write passes by a mistake.
 *
 * @returns `false` for an absent field too; check with `parseEntityTags` whether there is one
 */
export function ifMatchNames(field: string | null | undefined, current: CurrentEntity): boolean {
  return names(parseEntityTags(field), current, matchesStrongly);
}

function names(
  list: EntityTagList,
  current: CurrentEntity,
  matches: (one: EntityTag, other: EntityTag) => boolean,
): boolean {
  switch (list.kind) {
    case "absent":
    case "malformed":
      return false;
    case "any":
      return current !== "none";
    case "tags":
      return current !== "none" && current !== "untagged" && list.tags.some((tag) => matches(tag, current));
  }
}
