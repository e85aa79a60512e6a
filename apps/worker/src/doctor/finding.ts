/**
 * One thing that was looked at. `refuse` keeps a worker from starting: money or pictures would be at risk. `away`: a
 * worker starts and waits for it.
 */
export type Finding = { what: string; verdict: 'ok' | 'warn' | 'away' | 'refuse'; says: string }

export const ok = (what: string, says: string): Finding => ({ what, verdict: 'ok', says })
export const warn = (what: string, says: string): Finding => ({ what, verdict: 'warn', says })
export const refuse = (what: string, says: string): Finding => ({ what, verdict: 'refuse', says })
export const away = (what: string, says: string): Finding => ({ what, verdict: 'away', says })
