/** A time of the API for people: `2026-03-02 21:00Z`. */
export const timeText = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')}Z`
