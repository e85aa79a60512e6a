/** The Chromium that the tests are to use; absent: one is found. */
export const chromiumToUse: string | undefined = process.env['RESTYLE_CHROMIUM']
