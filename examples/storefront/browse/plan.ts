import { Random } from "../random.js";
import { type KindName, kindNames, mix } from "./mix.js";
import {
  customerOf,
  customersOf,
  leafCategories,
  orderOf,
  ordersOf,
  organisations,
  productOf,
  SIZES,
  searchQueries,
  sessionOf,
} from "./world.js";
import { cumulativeShares, pickShare, Zipf } from "./zipf.js";

/** A request of the run. */
export interface PlannedRequest {
  readonly kind: KindName;
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What a reply without a name of its own is about, such as `cart/customer-1`. */
  readonly about?: string;
}

export interface PlanOptions {
  readonly seed: number;
  readonly products: number;
  /** A part of the names of what the run creates. */
  readonly run: string;
}

/**
 * Requests without end, with Zipf 1.0 over products, organisations, pages, searches and customers. The
 * same options give the same requests.
 */
export function* planRequests(options: PlanOptions): Generator<PlannedRequest, never> {
  const random = new Random(options.seed);
  const shares = cumulativeShares(kindNames.map((name) => mix[name].share));
  const requests = new RequestMaker(options, random);
  for (;;) {
    const kind = kindNames[pickShare(shares, random.next())] ?? "product";
    yield { kind, ...requests.make(kind) };
  }
}

type RequestParts = Omit<PlannedRequest, "kind">;

const PAGES = 5;
/** Most visitors leave the order as it is. */
const OTHER_SORTS = ["newest", "price", "-price"] as const;
const OTHER_SORT = 0.3;
/** Most lists have no search. */
const LIST_SEARCHES = ["lamp", "red"] as const;
const LIST_SEARCH = 0.1;

class RequestMaker {
  readonly #random: Random;
  readonly #run: string;
  readonly #products: Zipf;
  readonly #organisations = new Zipf(organisations.length);
  readonly #categories = new Zipf(leafCategories.length);
  readonly #queries = new Zipf(searchQueries.length);
  readonly #customerCount: number;
  readonly #customers: Zipf;
  readonly #orders: Zipf;
  readonly #pages = new Zipf(PAGES);
  #made = 0;
  /** Created products that no planned request deletes. */
  readonly #created: string[] = [];

  constructor({ products, run }: PlanOptions, random: Random) {
    this.#random = random;
    this.#run = run;
    this.#products = new Zipf(products);
    this.#customerCount = customersOf(products);
    this.#customers = new Zipf(this.#customerCount);
    this.#orders = new Zipf(ordersOf(products));
  }

  make(kind: KindName): RequestParts {
    switch (kind) {
      case "product":
        return read(`/products/${this.#product()}`);
      case "details":
        return read(`/products/${this.#product()}/details`);
      case "created":
        return read(`/products/${this.#created[0] ?? this.#product()}`);
      case "list":
        return read(
          `/products?organisation=${organisations[this.#organisations.pick(this.#random)]}&page=${this.#page()}&search=${this.#random.chance(LIST_SEARCH) ? this.#oneOf(LIST_SEARCHES) : ""}&order=${this.#sort()}`,
        );
      case "categoryList":
        return read(`/categories/${this.#category()}/products?page=${this.#page()}&sort=${this.#sort()}`);
      case "search": {
        const query = searchQueries[this.#queries.pick(this.#random)] ?? "";
        return read(`/search?query=${encodeURIComponent(query)}`, this.#account().headers);
      }
      case "categories":
        return read("/categories");
      case "dashboard":
        return read(`/analytics/dashboard?period=${this.#oneOf(["today", "week", "month"])}`);
      case "settings":
        return { ...read("/settings"), about: "settings" };
      case "collection":
        return read(
          this.#random.chance(0.5)
            ? `/organisations/${organisations[this.#organisations.pick(this.#random)]}/products`
            : `/schemas/schema-${this.#random.between(0, SIZES.schemas - 1)}/products`,
        );
      case "batch": {
        const product_ids = [...new Set(Array.from({ length: 20 }, () => this.#product()))];
        return { method: "POST", path: "/api/v1/batch/products", body: { product_ids } };
      }
      case "session":
        return read("/session", { "x-session": sessionOf(this.#customers.pick(this.#random)) });
      case "cart": {
        const { customer, headers } = this.#account();
        return { ...read("/cart", headers), about: `cart/${customer}` };
      }
      case "user":
        return read(`/users/${this.#account().customer}`);
      case "order": {
        const index = this.#orders.pick(this.#random);
        return read(`/orders/${orderOf(index)}`, { "x-customer": customerOf(index % this.#customerCount) });
      }
      case "endingOffers":
        return { method: "GET", path: "/offers/expiring?withinMs=3600000" };
      default:
        return this.#write(kind);
    }
  }

  #write(kind: Exclude<KindName, ReadKind>): RequestParts {
    const name = `${this.#run}-${this.#made}`;
    this.#made += 1;
    switch (kind) {
      case "setCart": {
        const { customer, headers } = this.#account();
        const body = { product: this.#product(), units: this.#random.between(0, 5) };
        return { method: "PUT", path: "/api/v1/cart", body, headers, about: `cart/${customer}` };
      }
      case "sale":
        return post("/events/sale", { event: name, product: this.#product(), units: 1 });
      case "startSession":
        return post("/api/v1/sessions", { session: name, customer: this.#account().customer });
      case "price":
        return put(`/products/${this.#product()}`, { priceMinor: this.#random.between(100, 9_900) });
      case "describe":
        return put(`/products/${this.#product()}`, { description: `New text ${name}.` });
      case "rename":
        return put(`/products/${this.#product()}`, { name: `renamed lamp ${name}` });
      case "setUser":
        return put(`/users/${this.#account().customer}`, { name });
      case "create": {
        this.#created.push(name);
        const organisation = organisations[this.#organisations.pick(this.#random)] ?? "";
        const more = {
          organisation,
          category: this.#category(),
          schema: "schema-0",
          name: `new lamp ${name}`,
        };
        return post("/api/v1/products", {
          product: name,
          ...more,
          description: "New.",
          priceMinor: 500,
          units: 100,
        });
      }
      case "remove": {
        const product = this.#created.shift() ?? name;
        return { method: "DELETE", path: `/api/v1/products/${product}` };
      }
      case "bulkRemove": {
        const product_ids = [...this.#created.splice(0, 3), name];
        return post("/api/v1/products/bulk-delete", { product_ids });
      }
      case "offer":
        return post("/offers", { offer: name, product: this.#product(), amountMinor: 99, endsInMs: 5_000 });
      case "setSettings":
        return { ...put("/settings", { content: { title: name } }), about: "settings" };
      case "renameCategory":
        return put(`/categories/${this.#category()}`, { name: `Category ${name}` });
    }
  }

  #product(): string {
    return productOf(this.#products.pick(this.#random));
  }

  #category(): string {
    return leafCategories[this.#categories.pick(this.#random)] ?? "";
  }

  #page(): number {
    return 1 + this.#pages.pick(this.#random);
  }

  #sort(): string {
    return this.#random.chance(OTHER_SORT) ? this.#oneOf(OTHER_SORTS) : "name";
  }

  #account() {
    const customer = customerOf(this.#customers.pick(this.#random));
    return { customer, headers: { "x-customer": customer } };
  }

  #oneOf<Item>(list: readonly [Item, ...Item[]]): Item {
    return list[this.#random.between(0, list.length - 1)] ?? list[0];
  }
}

type ReadKind = { [Name in KindName]: (typeof mix)[Name]["does"] extends "read" ? Name : never }[KindName];

function read(path: string, headers?: Readonly<Record<string, string>>): RequestParts {
  return { method: "GET", path: `/api/v1${path}`, ...(headers && { headers }) };
}

function put(path: string, body: Readonly<Record<string, unknown>>): RequestParts {
  return { method: "PUT", path: `/api/v1${path}`, body };
}

function post(path: string, body: Readonly<Record<string, unknown>>): RequestParts {
  return { method: "POST", path, body };
}
