/** The first line of an Online Retail file. */
export const INVOICE_HEADER =
  "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

/** A good line of an Online Retail file. */
export const GOOD_LINE = "536365,85123A,WHITE HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom";

/** An invoice line with these values. */
export function invoiceLine(product: string, quantity: number, price: string, invoice = "536365"): string {
  return `${invoice},${product},LAMP,${quantity},2010-12-01 08:26:00,${price},17850.0,France`;
}
