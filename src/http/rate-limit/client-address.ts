import { isIPv4, isIPv6 } from "node:net";
import { ArgumentError } from "../../core/errors.js";

/** What counts for all texts that are no address. */
const UNKNOWN = "unknown";
/** `203.0.113.9:1000`, as some proxies forward it. */
const IPV4_WITH_PORT = /^([\d.]+):\d{1,5}$/;
/** `[2001:db8::1]:1000`, or without the port. */
const IN_BRACKETS = /^\[([^\]]*)\](?::\d{1,5})?$/;

/**
 * The address of a client as the key of its rate limits. An IPv6 address becomes its network of 64
 * bits, because one customer has at least that many addresses. An IPv4 address within IPv6
 * (`::ffff:192.0.2.1`) becomes the IPv4 address. A port (`203.0.113.9:1000`, `[2001:db8::1]:1000`) and
 * a zone id (`%eth0`) are left out.
 *
 * ```ts
 * clientAddress("2001:db8:1:2:3:4:5:6"); // "2001:db8:1:2::/64"
 * ```
 *
 * @returns `unknown` for all texts that are no address, so that nobody gets a new count by a new text
 * @throws ArgumentError unless it is a text
 */
export function clientAddress(ip: string): string {
  if (typeof ip !== "string") throw new ArgumentError("ip", "a text");
  const inBrackets = IN_BRACKETS.exec(ip)?.[1];
  const text = inBrackets ?? IPV4_WITH_PORT.exec(ip)?.[1] ?? ip;
  const [address = ""] = text.split("%", 1);
  if (isIPv4(address) && inBrackets === undefined) return address;
  if (!isIPv6(address)) return UNKNOWN;
  const groups = groupsOf(address);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (isMapped) return ipv4Of(groups[6] ?? 0, groups[7] ?? 0);
  const network = groups.slice(0, 4).map((group) => group.toString(16));
  return `${network.join(":")}::/64`;
}

/** The eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? `${dotted[1]}${hexPair(dotted[2], dotted[3])}:${hexPair(dotted[4], dotted[5])}`
    : address;
  const [left = "", right] = text.split("::");
  const before = partsOf(left);
  const after = partsOf(right ?? "");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function partsOf(text: string): number[] {
  return text === "" ? [] : text.split(":").map((group) => Number.parseInt(group, 16));
}

function hexPair(high: string | undefined, low: string | undefined): string {
  return (Number(high) * 256 + Number(low)).toString(16);
}

function ipv4Of(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}
