import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Address } from "../../../src/testing/index.js";
import { afterTest } from "../cleanup.js";

/** A way to a real server that knows only some commands, as a managed server does. */
export interface RefusingProxy {
  readonly host: string;
  readonly port: number;
  readonly password: string | undefined;
  /** The commands that it has refused, such as `WAIT` or `SCRIPT LOAD`. */
  readonly refused: ReadonlySet<string>;
}

/**
 * Starts the proxy. `refusals` has names of commands in capitals, such as `CONFIG`, with a subcommand such as
 * `CLIENT TRACKING`, or `MULTI EVALSHA` for EVALSHA inside of a transaction.
 *
 * A refused command is sent under a name that no server knows. So the server itself refuses it, in the
 * order of the replies, and a transaction ends with EXECABORT.
 */
export async function refusingProxy(target: Address, refusals: readonly string[]): Promise<RefusingProxy> {
  const names = new Set(refusals);
  const refused = new Set<string>();
  const sockets = new Set<Socket>();
  const proxy = createServer((caller) => {
    const callee = connect(target.port, target.host);
    let rest: Buffer = Buffer.alloc(0);
    let isInMulti = false;
    caller.on("data", (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      for (let command = firstCommand(rest); command !== undefined; command = firstCommand(rest)) {
        const bytes = rest.subarray(0, command.end);
        rest = rest.subarray(command.end);
        const [name = "", sub = ""] = command.words.map((word) => word.toUpperCase());
        const match = [name, `${name} ${sub}`, isInMulti ? `MULTI ${name}` : ""].find((each) =>
          names.has(each),
        );
        isInMulti = name === "MULTI" || (isInMulti && name !== "EXEC" && name !== "DISCARD");
        if (match === undefined) callee.write(bytes);
        else {
          refused.add(match);
          callee.write(`*1\r\n$${Buffer.byteLength(match) + 8}\r\nrefused ${match}\r\n`);
        }
      }
    });
    callee.pipe(caller);
    for (const [socket, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      sockets.add(socket);
      socket
        .on("error", () => {})
        .on("close", () => {
          sockets.delete(socket);
          other.destroy();
        });
    }
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  afterTest(() => {
    proxy.close();
    for (const socket of sockets) socket.destroy();
  });
  const address = proxy.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return { host: "127.0.0.1", port, password: target.password, refused };
}

/** The first command of these bytes, and where it ends; undefined if it is not complete. */
function firstCommand(
  bytes: Buffer,
): { readonly words: readonly string[]; readonly end: number } | undefined {
  let end = 0;
  const line = (): string | undefined => {
    const stop = bytes.indexOf("\r\n", end);
    if (stop < 0) return undefined;
    const text = bytes.toString("latin1", end, stop);
    end = stop + 2;
    return text;
  };
  const head = line();
  if (head === undefined) return undefined;
  if (!head.startsWith("*")) throw new Error("a client sends lists only");
  const words: string[] = [];
  for (let left = Number(head.slice(1)); left > 0; left--) {
    const size = line();
    if (size === undefined) return undefined;
    const length = Number(size.slice(1));
    if (bytes.length < end + length + 2) return undefined;
    // Only the first words matter. A script may be long.
    words.push(words.length < 2 ? bytes.toString("latin1", end, end + length) : "");
    end += length + 2;
  }
  return { words, end };
}
