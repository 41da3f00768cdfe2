import type { Model } from "../../model/model.js";
import { camel } from "../../naming.js";

/** What every emitter of TypeScript needs to know. */
export interface TypeScriptContext {
  readonly model: Model;
  /**
   * How the modules of a domain's folder import the client: `../../../src/client/index.js` or
   * `moonpath/client`.
   */
  readonly client: string;
  /** The `lua/` folder, as comments and errors name it. */
  readonly sourceRoot: string;
  /** Domains whose functions callers reach as `tenant.scripts.<domain>`: see `GenerateOptions`. */
  readonly wrapped?: readonly string[];
}

/** How callers reach a domain's functions from a tenant: `stock`, or `scripts.lock`. */
export function memberPath({ wrapped }: TypeScriptContext, domain: string): string {
  return `${wrapped?.includes(domain) === true ? "scripts." : ""}${camel(domain)}`;
}

/** The client's path as the modules beside the domains' folders write it: one folder less deep. */
export function clientAtRoot({ client }: TypeScriptContext): string {
  return client.startsWith("../") ? client.slice(3).replace(/^(?!\.)/, "./") : client;
}

/** A string literal. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/**
 * Those of some names that code uses. Comments do not count; `behind` is a pattern of what stands
 * behind a name.
 */
export function usedNames(code: string, names: readonly string[], behind = "\\b"): string[] {
  const bare = code.replace(/\/\*\*[\s\S]*?\*\//g, "");
  return names.filter((name) => new RegExp(`\\b${name}${behind}`).test(bare));
}

/** A statement such as an import, on one line where it fits, else with one name a line. */
export function braced(before: string, names: readonly string[], after: string): string[] {
  const line = `${before}{ ${names.join(", ")} }${after}`;
  if (line.length <= 110) return [line];
  return [`${before}{`, ...names.map((name) => `  ${name},`), `}${after}`];
}
