import type { ShopEvent } from "../events.js";

/** The HTTP request that delivers an event. */
export interface ShopRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export function requestOf(event: ShopEvent): ShopRequest {
  switch (event.kind) {
    case "view": {
      const path = `/products/${encodeURIComponent(event.product)}?view=${encodeURIComponent(event.event)}`;
      return { method: "GET", path, body: undefined };
    }
    case "order": {
      const { event: key, customer, invoice, lines, coupon, payment } = event;
      const headers = { "idempotency-key": JSON.stringify(key), "x-customer": customer };
      return { ...post("/orders", { invoice, lines, coupon, payment }), headers };
    }
    case "coupon": {
      const { event: coupon, limit, customerLimit, discountMinor } = event;
      return post("/coupons", { coupon, limit, customerLimit, discountMinor });
    }
    case "price-sale": {
      const { kind, event: sale, ...plan } = event;
      return post("/price-sales", { sale, ...plan });
    }
    case "price-sale-end": {
      const { event: sale, product, sequence } = event;
      return post("/price-sales/end", { sale, product, sequence });
    }
    case "cart": {
      const { event: cart, product, units, leaseMs } = event;
      return post("/carts", { cart, product, units, leaseMs });
    }
    case "cart-cancel":
      return post("/carts/cancel", { cart: event.event, product: event.product });
    case "offer": {
      const { event: offer, product, amountMinor, endsInMs } = event;
      return post("/offers", { offer, product, amountMinor, endsInMs });
    }
    case "offer-extend":
      return post("/offers/extend", { offer: event.event, endsInMs: event.endsInMs });
    case "offer-cancel":
      return post("/offers/cancel", { offer: event.event });
    case "opening":
    case "sale":
    case "return":
    case "price": {
      const { kind, ...body } = event;
      return post(`/events/${kind}`, body);
    }
  }
}

function post(path: string, body: Readonly<Record<string, unknown>>): ShopRequest {
  return { method: "POST", path, body: JSON.stringify(body) };
}
