import type { RedisServerOptions } from "./types.js";

/** The arguments for the settings of a data server: ours, then those of the caller. */
export function settingsOf(
  port: number,
  folder: string,
  options: RedisServerOptions,
  extra: Readonly<Record<string, string>>,
): string[] {
  return configArgs({
    port: String(port),
    dir: folder,
    save: "",
    appendonly: options.appendOnly ? "yes" : "no",
    "shutdown-timeout": "0",
    "repl-diskless-sync": "yes",
    "repl-diskless-sync-delay": "0",
    ...extra,
    ...options.config,
  });
}

function configArgs(config: Readonly<Record<string, string>>): string[] {
  return Object.entries(config).flatMap(([name, value]) => [`--${name}`, value]);
}
