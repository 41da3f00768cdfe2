import { createHash } from "node:crypto";
import type { Fields } from "../message/fields.js";
import { membersOf } from "../parse/list.js";

/** The request fields that a response depends on, and their values in the request that has led to it. */
export type VaryValues = readonly (readonly [name: string, value: string | undefined])[];

/** The names of `Vary`, in lower case and in one order. */
export function varyNames(fields: Fields): readonly string[] {
  const names = membersOf(fields.get("vary")?.toLowerCase());
  return names.length < 2 ? names : [...new Set(names)].sort();
}

/** The values of a request's fields, as they are compared. */
export function varyValues(names: readonly string[], request: Fields, normalises: boolean): VaryValues {
  return names.map((name) => [name, comparable(name, request.get(name), normalises)]);
}

/** A language or a coding that is wanted, and how much. */
interface Preference {
  readonly language: string;
  readonly weight: number;
}

function comparable(name: string, value: string | undefined, normalises: boolean): string | undefined {
  if (value === undefined) return undefined;
  const text = normalises ? normalised(name, value) : value;
  // Each hit reads the list of all variants. A line feed is in no value.
  if (text.length <= MAX_VALUE_LENGTH) return text;
  return `\n${createHash("sha256").update(text).digest("base64url")}`;
}

const MAX_VALUE_LENGTH = 256;

function normalised(name: string, value: string): string {
  if (name === "accept-language" || name === "accept-encoding")
    return preferencesOf(value)
      .map(({ language, weight }) => `${language};${weight}`)
      .join();
  return value.trim().replace(/\s*,\s*/g, ",");
}

function preferencesOf(value: string): readonly Preference[] {
  const preferences = membersOf(value.toLowerCase()).map((member): Preference => {
    const [language = "", ...parameters] = member.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="));
    return { language, weight: weight === undefined ? 1 : Number(weight.slice(2)) || 0 };
  });
  return preferences.sort(
    (one, other) => other.weight - one.weight || (one.language < other.language ? -1 : 1),
  );
}

/** Whether a response to a request with `stored` answers this request too (RFC 9111, section 4.1). */
export function isSelected(
  stored: VaryValues,
  storedLanguage: string | undefined,
  request: Fields,
  normalises: boolean,
): boolean {
  return stored.every(([name, value]) => {
    const asked = request.get(name);
    if (comparable(name, asked, normalises) === value) return true;
    return normalises && name === "accept-language" && asked !== undefined && isFirst(storedLanguage, asked);
  });
}

/** Whether a language is the one that is wanted most. Then no other variant can be better. */
function isFirst(language: string | undefined, accepted: string): boolean {
  const [first, second] = preferencesOf(accepted);
  if (language === undefined || first === undefined || first.weight === 0) return false;
  return first.language === language && (second === undefined || second.weight < first.weight);
}
