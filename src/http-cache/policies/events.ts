import { ArgumentError } from "../../core/errors.js";
import { shortName } from "./short-name.js";

/** The values of an event: texts by name. */
export type Payload<Name extends string = string> = { readonly [Each in Name]: string };

/** What happens in a shop, and what it makes old. */
export interface EventDefinition<Name extends string = string> {
  /** The names of the payload's values. */
  readonly payload: readonly Name[];
  /** Other names of the same event. */
  readonly aliases?: readonly string[] | undefined;
  /** The tags of data and pages that the event invalidates, besides pages whose policy names the event. */
  tags?(payload: Payload<Name>): readonly string[];
}

/** A table of events, by name. */
export type EventTable = { readonly [name: string]: EventDefinition };

/** The names of a table's events. */
export type EventName<Events extends EventTable> = keyof Events & string;

/** The payload of an event of a table. */
export type PayloadOf<Event> = Event extends { readonly payload: readonly (infer Name extends string)[] }
  ? Payload<Name>
  : never;

/**
 * Types an event's payload by its names.
 *
 * ```ts
 * const events = {
 *   inventory_change: event({ payload: ["product"], tags: ({ product }) => [`product:${product}`] }),
 * };
 * ```
 */
export function event<const Name extends string>(definition: EventDefinition<Name>): EventDefinition<Name> {
  return definition;
}

/** The tag of pages that an event makes old: of all pages of a policy, or of those with the same values. */
export function eventTag(event: string, values: readonly (readonly [name: string, value: string])[]): string {
  return shortName(`on:${event}${values.map(([name, value]) => `:${name}=${value}`).join("")}`);
}

/** @throws ArgumentError for a payload that is not the event's */
export function checkedPayload(name: string, names: readonly string[], payload: unknown): Payload {
  const values: Record<string, string> = {};
  for (const each of names) {
    const value: unknown =
      typeof payload === "object" && payload !== null ? Reflect.get(payload, each) : undefined;
    if (typeof value !== "string" || value === "")
      throw new ArgumentError(each, `text, as the event ${name} has it`);
    values[each] = value;
  }
  return values;
}
