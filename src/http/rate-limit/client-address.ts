import { isIPv4, isIPv6 } from "node:net";

/**
 * The address of a client as the key of its rate limits. An IPv6 address becomes its network of 64
 * bits, because one customer has at least that many addresses. An IPv4 address within IPv6
 * (`::ffff:192.0.2.1`) becomes the IPv4 address. A zone id (`%eth0`) is left out.
 *
 * ```ts
 * clientAddress("2001:db8:1:2:3:4:5:6"); // "2001:db8:1:2::/64"
 * ```
 *
 * @returns the text itself if it is no address
 */
export function clientAddress(ip: string): string {
  const [address = ""] = ip.split("%", 1);
  if (isIPv4(address) || !isIPv6(address)) return address;
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
