import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Linux takes the ports of outgoing connections from 32768 upwards. The range ends below, because a
 * client that reconnects to a killed server must not get the server's own port.
 */
const MIN_PORT = 12_000;
const MAX_PORT = 31_999;

/**
 * Returns distinct free ports of 127.0.0.1. Another process may take one before the server does, so
 * the caller retries with new ports if the bind fails.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(MIN_PORT, MAX_PORT + 1);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
