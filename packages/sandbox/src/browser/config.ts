/** The Chromium that tests and benches are to use; absent: one is found. */
export const chromiumToUse: string | undefined = process.env['RESTYLE_CHROMIUM']
