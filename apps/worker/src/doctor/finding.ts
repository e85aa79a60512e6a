/** One thing that was looked at. `refuse` keeps a worker from starting: money or pictures would be at risk. */
export type Finding = { what: string; verdict: 'ok' | 'warn' | 'refuse'; says: string }

export const ok = (what: string, says: string): Finding => ({ what, verdict: 'ok', says })
export const warn = (what: string, says: string): Finding => ({ what, verdict: 'warn', says })
export const refuse = (what: string, says: string): Finding => ({ what, verdict: 'refuse', says })
