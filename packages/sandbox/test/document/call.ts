/** A call of a route; without an address that of the route itself. The payload `picture` is the bytes of one. */
export type Call = { url?: string; payload?: unknown; headers?: Record<string, string>; status: number }
