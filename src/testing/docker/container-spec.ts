/** Options of `startContainer`. */
export interface ContainerSpec {
  readonly image: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The ports to publish: the container's port, and the port of the host. */
  readonly ports?: readonly { readonly container: number; readonly host: number }[];
  /** The id of the container whose network the server shares. It then has no network of its own. */
  readonly networkOf?: string;
  /** Files to copy into the container before it starts. */
  readonly files?: readonly { readonly target: string; readonly content: string }[];
  /** The log line of a ready server. Without one, a started container is ready. */
  readonly ready?: RegExp;
  /** The server is ready after so many such lines. Default 1. */
  readonly readyTimes?: number;
  /** Removed from the log, because a server repeats an invalid line of its configuration. */
  readonly secret?: string;
  /** The time limit of the start, at least 120,000 ms. */
  readonly limitMs: number;
}
