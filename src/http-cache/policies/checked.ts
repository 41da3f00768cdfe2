import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../../core/known-options.js";
import { MAX_DURATION_MS } from "../../core/limits.js";
import type { EventDefinition, EventTable } from "./events.js";
import type { AnyPolicy } from "./policy.js";
import type { PolicyTable } from "./table.js";

const policyNames: OptionNames<AnyPolicy> = {
  path: true,
  freshMs: true,
  staleMs: true,
  query: true,
  ignoredQuery: true,
  headers: true,
  key: true,
  tenant: true,
  tags: true,
  invalidateOn: true,
};

const eventNames: OptionNames<EventDefinition> = { payload: true, aliases: true, tags: true };

const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const PAYLOAD_NAME = /^[A-Za-z_]\w*$/;

/** The same policies. @throws ArgumentError that names the policy and its option */
export function checkedPolicies(policies: PolicyTable): PolicyTable {
  if (!isObject(policies)) throw new ArgumentError("policies", "an object of policies");
  for (const [name, policy] of Object.entries(policies)) checkPolicy(`policies.${name}`, policy);
  return policies;
}

function checkPolicy(at: string, policy: AnyPolicy): void {
  if (!isObject(policy)) throw new ArgumentError(at, 'a policy, such as policy({ path: "/products" })');
  refuseUnknownOptions(policy, policyNames, at);
  const { freshMs = 0, staleMs = 0, query = [], ignoredQuery = [], headers = [], invalidateOn = [] } = policy;
  checkedInteger(`${at}.freshMs`, freshMs, 0, MAX_DURATION_MS);
  checkedInteger(`${at}.staleMs`, staleMs, 0, MAX_DURATION_MS);
  if (query !== "all") checkTexts(`${at}.query`, query, 'a list of names, or "all"');
  checkTexts(`${at}.ignoredQuery`, ignoredQuery, "a list of names");
  checkTexts(`${at}.invalidateOn`, invalidateOn, "a list of names of events");
  checkTexts(`${at}.headers`, headers, "a list of names of request fields, in lower case", FIELD_NAME);
  checkFunction(`${at}.key`, policy.key);
  checkFunction(`${at}.tenant`, policy.tenant);
  checkFunction(`${at}.tags`, policy.tags);
}

/** The same events. @throws ArgumentError that names the event and its option */
export function checkedEvents(events: EventTable): EventTable {
  if (!isObject(events)) throw new ArgumentError("events", "an object of events");
  for (const [name, definition] of Object.entries(events)) {
    const at = `events.${name}`;
    if (!isObject(definition))
      throw new ArgumentError(at, 'an event, such as event({ payload: ["product"] })');
    refuseUnknownOptions(definition, eventNames, at);
    checkTexts(`${at}.payload`, definition.payload, "a list of names", PAYLOAD_NAME);
    checkTexts(`${at}.aliases`, definition.aliases ?? [], "a list of names");
    checkFunction(`${at}.tags`, definition.tags);
  }
  return events;
}

/** @throws ArgumentError unless it is a list of texts of this form */
export function checkTexts(at: string, texts: unknown, expected: string, form = /./s): void {
  const isList = Array.isArray(texts) && texts.every((text) => typeof text === "string" && form.test(text));
  if (!isList) throw new ArgumentError(at, expected);
}

function checkFunction(at: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw new ArgumentError(at, "a function");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
