import { expect, test } from "vitest";
import { clientAddress } from "../../../src/http/index.js";
import { get, limitedApp, two } from "../../support/limit/app.js";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:c000:0201", "192.0.2.1"],
  ["0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1%eth0", "192.0.2.1"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::5", "2001:db8:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["64:ff9b::192.0.2.1", "64:ff9b:0:0::/64"],
  ["1:2:3:4:5:6:192.0.2.1", "1:2:3:4::/64"],
  ["203.0.113.9:1000", "203.0.113.9"],
  ["203.0.113.9:1", "203.0.113.9"],
  ["[2001:db8::1]:1000", "2001:db8:0:0::/64"],
  ["[2001:db8::1]", "2001:db8:0:0::/64"],
  ["[::ffff:192.0.2.1]:65535", "192.0.2.1"],
  ["[fe80::1%eth0]:80", "fe80:0:0:0::/64"],
  // It is an address without a port.
  ["2001:db8::1:1000", "2001:db8:0:0::/64"],
  ["203.0.113.9:", "unknown"],
  ["203.0.113.9:123456", "unknown"],
  ["203.0.113.9:1000:1000", "unknown"],
  ["[203.0.113.9]:1000", "unknown"],
  ["[2001:db8::1", "unknown"],
  ["[2001:db8::1]1000", "unknown"],
  ["203.0.113.256", "unknown"],
  ["203.0.113.9, 203.0.113.10", "unknown"],
  ["unix", "unknown"],
  ["_hidden", "unknown"],
  ["", "unknown"],
])("the address %j is %j", (ip, expected) => {
  expect(clientAddress(ip)).toBe(expected);
});

test.each([undefined, null, 5, {}, ["192.0.2.1"]])("%j is refused with an ArgumentError", (ip) => {
  expect(() => Reflect.apply(clientAddress, undefined, [ip])).toThrow(
    expect.objectContaining({ code: "ARGUMENT", argument: "ip" }),
  );
});

test("one client behind a proxy that forwards its port has one count", async () => {
  const app = await limitedApp({ limits: two }, () => {}, { trustProxy: true });
  const from = async (address: string) =>
    (await get(app, "/", { headers: { "x-forwarded-for": address } })).statusCode;
  for (const [first, second, third] of [
    ["203.0.113.9:1000", "203.0.113.9:1001", "203.0.113.9"],
    ["[2001:db8::1]:1000", "[2001:db8::2]:1001", "2001:db8::3"],
    ["no address 1", "no address 2", "no address 3"],
  ] as const)
    expect([await from(first), await from(second), await from(third)]).toEqual([200, 200, 429]);
});
