import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Address } from "../../../src/testing/index.js";

/** A way to a real server whose answers are written over. `stop` ends it and its connections. */
export interface LyingProxy {
  readonly port: number;
  /** That of the server behind it. */
  readonly password: string | undefined;
  stop(): void;
}

/**
 * `lie` gets a piece of the server's answer, and what the client sent last, and returns what the
 * client gets.
 */
export async function startLyingProxy(
  target: Address,
  lie: (answer: string, request: string) => string,
): Promise<LyingProxy> {
  const open = new Set<() => void>();
  const proxy = createServer((caller) => {
    const callee = connect(target.port, target.host);
    let request = "";
    const end = () => {
      open.delete(end);
      caller.destroy();
      callee.destroy();
    };
    open.add(end);
    caller.on("data", (data) => {
      request = data.toString("latin1");
      callee.write(data);
    });
    callee.on("data", (data) => caller.write(lie(data.toString("latin1"), request), "latin1"));
    for (const socket of [caller, callee]) socket.on("close", end).on("error", end);
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  const address = proxy.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    password: target.password,
    stop() {
      proxy.close();
      for (const end of open) end();
    },
  };
}
