/** Who may import whom in apps/console. */
module.exports = [
  {
    name: 'console-speaks-through-the-client',
    comment:
      'The console runs in a browser: what it needs of the API belongs in packages/client, as for every other service.',
    severity: 'error',
    from: { path: '^apps/console/src/', pathNot: '[.]test[.]tsx?$' },
    to: { path: ['^(apps|packages)/', '^node:'], pathNot: '^(apps/console|packages/client)/src/' },
  },
  {
    name: 'console-pages-stand-side-by-side',
    comment:
      'A page stands on rows/, ui/ and app/, and only routes.tsx and main.tsx know all pages: move what two pages need into one of those. The viewer lies over the gallery.',
    severity: 'error',
    from: { path: '^apps/console/src/([^/]+)/', pathNot: '([.]test[.]tsx?$|^apps/console/src/gallery/)' },
    to: { path: '^apps/console/src/', pathNot: '^apps/console/src/($1|app|ui|rows)/' },
  },
  {
    name: 'console-gallery-knows-the-viewer',
    comment: 'The gallery opens the viewer and no other page.',
    severity: 'error',
    from: { path: '^apps/console/src/gallery/', pathNot: '[.]test[.]tsx?$' },
    to: { path: '^apps/console/src/', pathNot: '^apps/console/src/(gallery|viewer|app|ui|rows)/' },
  },
  {
    name: 'console-rows-know-no-page',
    comment: 'rows/ is what was read of a batch and what is decided on it, for every page that shows rows.',
    severity: 'error',
    from: { path: '^apps/console/src/rows/', pathNot: '[.]test[.]tsx?$' },
    to: { path: '^apps/console/src/', pathNot: '^apps/console/src/(rows|app|ui)/' },
  },
  {
    name: 'console-app-is-the-ground',
    comment: 'app/ is what every part of the console stands on: it knows no other.',
    severity: 'error',
    from: { path: '^apps/console/src/app/' },
    to: { path: '^apps/console/src/', pathNot: '^apps/console/src/app/' },
  },
  {
    name: 'console-ui-knows-no-page',
    comment: 'ui/ is below the pages: hand the thing in as a property.',
    severity: 'error',
    from: { path: '^apps/console/src/ui/' },
    to: { path: '^apps/console/src/', pathNot: '^apps/console/src/(app|ui)/' },
  },
]
