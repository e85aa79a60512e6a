/** Folders instead of files: two folders can need each other while no two of their files do, which `no-cycles` does not see. */

const { options } = require('./.dependency-cruiser.cjs')

module.exports = {
  forbidden: [
    {
      name: 'no-folder-cycles',
      comment:
        'Two folders need one another: one of them is below; move what it needs from above into it, or hand it in as an argument.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(apps|packages)/' },
      to: { circular: true },
    },
  ],
  // a test may stand beside what it tests and use what is above it
  options: {
    ...options,
    exclude: { path: '([.]test[.]ts$|^(apps|packages)/[^/]+/test/|^(packages/client|apps/console)/dist/)' },
  },
}
