/** Who may import whom. Read top to bottom: the lower floors know nothing of the upper ones. */
// files that decide: no I/O, no clock, no dice but what they are handed
const pureNames = [
  'next-poll',
  'next-delivery',
  'count-turn',
  'list-window',
  'verdict',
  'backoff',
  'copy-again',
  'download-pace',
  'end-of-images',
  'object-key',
  'resolution',
  'restore-point',
  'waits',
  'picture-format',
  'accepts',
  'catalogue',
  'breaker',
  'repeated-refusal',
  'unseen-images',
  'same-echo',
  'base-url',
  'sniff-delimiter',
  'clean-text',
  'split-cell',
  'formula-cell',
  'catalog-limits',
  'picture-names',
  'picture-in-folder',
  'object-reader',
  'number-text',
  'cell-place',
  'option-columns',
  'kept-columns',
  'picture-columns',
  'written-json',
  'template',
  'row-keys',
  'check-row',
  'file-kind',
  'fitted-size',
  'picture-change',
  'address-expiry',
  'upload-address',
  'fault-of-upload',
  'retry',
  'read-refusal',
  'shared/src/forecast/[a-z-]+',
  'shared/src/zone/[a-z-]+',
]
const pure = `/(${pureNames.join('|')})[.]ts$`
const contract =
  '^packages/(shared/src/(contract/|lane-id[.]ts|ledger/(admit|restore)[.]ts|receipt/receipt[.]ts)|dashscope/src/(models|model|money|accepts|catalogue|error-row|error-table|read-task|task-state|submit-outcome|lifetimes)[.]ts$|manifest/src/manifest[.]ts$|client/src/(api-error|types|openapi)[.]ts$)'

/** The folders of packages that have several, each with the folders below it that it may import. */
const floors = {
  'packages/shared/src': {
    zone: [],
    contract: ['zone'],
    forecast: ['contract', 'zone'],
    net: [],
    picture: [],
    redis: [],
    event: ['contract', 'redis'],
    ledger: ['contract', 'event', 'forecast', 'redis', 'zone'],
    store: ['ledger', 'net', 'redis'],
    receipt: ['contract', 'store'],
    rows: ['contract', 'ledger', 'store'],
    webhook: ['contract', 'net'],
  },
  'packages/sandbox/src': {
    demo: [],
    mutants: [],
    net: [],
    s3: [],
    secrets: [],
    dashscope: ['net'],
    redis: ['net'],
    browser: ['redis'],
    webhook: [],
    world: ['dashscope', 'net', 'redis', 's3', 'secrets'],
    bench: ['browser', 'dashscope', 'redis', 's3', 'webhook', 'world'],
    chaos: ['dashscope', 'net', 'redis', 's3', 'webhook'],
    cli: ['bench', 'chaos', 'dashscope', 'demo', 'mutants', 'world'],
  },
}

const floorRules = Object.entries(floors).flatMap(([root, folders]) =>
  Object.entries(folders).map(([folder, below]) => ({
    name: `floors-of-${root.split('/')[1]}`,
    comment:
      'This folder is not above the one that it imports: move what it needs down, or hand it in as an argument. The table `floors` has the order.',
    severity: 'error',
    from: { path: `^${root}/${folder}/`, pathNot: '[.]test[.]ts$' },
    to: { path: `^${root}/[^/]+/`, pathNot: `^${root}/(${[folder, ...below].join('|')})/` },
  })),
)

module.exports = {
  forbidden: [
    ...floorRules,
    ...require('./.dependency-cruiser-console.cjs'),
    {
      name: 'ends-and-queues-stay-on-top',
      comment: 'These files of packages/shared stand on its folders: no folder there imports them.',
      severity: 'error',
      from: { path: '^packages/shared/src/[^/]+/', pathNot: '[.]test[.]ts$' },
      to: { path: '^packages/shared/src/(end-edit|move-or-reread|queues|read-env|shared-env)[.]ts$' },
    },
    {
      name: 'no-ghosts',
      comment: 'An import leads nowhere: name the file with its ending, or add the package to package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      comment: 'Two files need one another: move what both need into a third, below them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'shared-knows-nobody',
      comment: 'packages/shared is the ground floor: hand the thing in as an argument.',
      severity: 'error',
      from: { path: '^packages/shared/', pathNot: '[.]test[.]ts$' },
      to: { path: '^(apps|packages/(?!shared))' },
    },
    {
      name: 'dashscope-knows-nobody',
      comment: 'packages/dashscope is the vendor and nothing of ours.',
      severity: 'error',
      from: { path: '^packages/dashscope/', pathNot: '[.]test[.]ts$' },
      to: { path: '^(apps|packages/(?!dashscope))' },
    },
    {
      name: 'apps-never-meet',
      comment: 'What passes between the apps passes through the ledger, a queue or HTTP.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'producer-never-calls-dashscope',
      comment: 'Only the worker talks to the vendor; the producer may read the table of models.',
      severity: 'error',
      from: { path: '^apps/producer/' },
      to: {
        path: '^packages/dashscope/',
        pathNot:
          '^packages/dashscope/src/(models|model|money|accepts|action-words|catalogue|upload-address)[.]ts$',
      },
    },
    {
      name: 'wiring-stays-on-top',
      comment: 'What wires the folders together is above them: hand the thing in as an argument.',
      severity: 'error',
      from: { path: '^((?:apps|packages)/[^/]+/src)/.+/', pathNot: '[.]test[.]ts$' },
      to: { path: '^$1/(main|start|server|services|program)[.]ts$' },
    },
    {
      name: 'http-knows-no-feature',
      comment: 'http/ is below the features: hand the thing in as an argument.',
      severity: 'error',
      from: { path: '^apps/producer/src/http/' },
      to: { path: '^apps/producer/src/(?!http/)' },
    },
    {
      name: 'intake-knows-no-http',
      comment:
        'An intake also serves who does not come by HTTP: answer a value, and let the route turn it into HTTP.',
      severity: 'error',
      from: { path: '^apps/producer/src/intake/' },
      to: { path: ['^apps/producer/src/(?!intake/)', '/node_modules/(@?fastify)', '^(node:)?https?$'] },
    },
    {
      name: 'features-stand-side-by-side',
      comment:
        'A feature of the producer stands on intake/ and http/ only: move what two features need into one of those. Only server.ts and start.ts know all features.',
      severity: 'error',
      from: { path: '^apps/producer/src/(?!(?:http|intake)/)([^/]+)/', pathNot: '[.]test[.]ts$' },
      to: { path: '^apps/producer/src/', pathNot: '^apps/producer/src/($1|intake|http)/' },
    },
    {
      name: 'sandbox-stays-out-of-production',
      comment: 'Pretend things are never shipped: hand the thing in as an argument instead.',
      severity: 'error',
      from: { path: '^(apps|packages/(?!sandbox))', pathNot: '[.]test[.]ts$' },
      to: { path: '^packages/sandbox/' },
    },
    {
      name: 'decisions-are-pure',
      comment: 'A file that decides takes facts as arguments and imports only contracts.',
      severity: 'error',
      from: { path: pure, pathNot: '[.]test[.]ts$' },
      to: { pathNot: [contract, pure, '/node_modules/.*(zod|numfmt)/'] },
    },
    {
      name: 'hands-do-not-hold-hands',
      comment:
        'The hands and rebuild stand side by side: what passes between them passes through the ledger and the queues. Only doctor looks at them.',
      severity: 'error',
      from: { path: '^apps/worker/src/(submit|reconcile|poll|copy|rebuild|feed|fold|files|deliver)/' },
      to: {
        path: '^apps/worker/src/(submit|reconcile|poll|copy|rebuild|feed|fold|files|deliver|doctor)/',
        pathNot: '^apps/worker/src/$1/',
      },
    },
    {
      name: 'worker-rooms-know-no-wiring',
      comment: 'Files directly in apps/worker/src wire the rooms: hand the thing in as an argument.',
      severity: 'error',
      from: { path: '^apps/worker/src/[^/]+/', pathNot: '[.]test[.]ts$' },
      to: { path: '^apps/worker/src/[^/]+[.]ts$' },
    },
    {
      name: 'lanes-know-no-hand',
      comment: 'lane/ is below the hands: it knows only hand/.',
      severity: 'error',
      from: { path: '^apps/worker/src/lane/' },
      to: { path: '^apps/worker/src/', pathNot: '^apps/worker/src/(lane|hand)/' },
    },
    {
      name: 'hand-is-the-ground',
      comment: 'hand/ is what every hand of the worker stands on: it knows no other room.',
      severity: 'error',
      from: { path: '^apps/worker/src/hand/' },
      to: { path: '^apps/worker/src/', pathNot: '^apps/worker/src/hand/' },
    },
    {
      name: 'client-runs-anywhere',
      comment:
        'packages/client stands alone and runs in browsers, Bun and Node 20: use what all of them have (fetch, URL, crypto), no module of Node, no other package; what it needs of the API is in its openapi.json.',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: '[.]test[.]ts$' },
      to: { pathNot: ['^packages/client/src/', '/eventsource-parser/'] },
    },
    {
      name: 'manifest-knows-only-the-models',
      comment:
        'packages/manifest reads and plans catalogs for whoever asks: hand in what else it needs as an argument. Of shared it knows the rules about requests, keys and pictures.',
      severity: 'error',
      from: { path: '^packages/manifest/', pathNot: '[.]test[.]ts$' },
      to: {
        path: '^(apps|packages/(?!manifest))',
        pathNot: [
          '^packages/dashscope/src/(models|model|accepts)[.]ts$',
          '^packages/shared/src/(contract/edit-request|net/(source-address|address-expiry)|picture/(file-kind|fitted-size|picture-change)|key-index|in-order|duration-text)[.]ts$',
        ],
      },
    },
    {
      name: 'results-are-handed-in',
      comment:
        'packages/results writes tables and reports of rows that are handed to it: it asks neither the ledger nor the API. It knows the table of models, money and what a code means.',
      severity: 'error',
      from: { path: '^packages/results/', pathNot: '[.]test[.]ts$' },
      to: {
        path: '^(apps|packages/(?!results))',
        pathNot:
          '^packages/(dashscope/src/(models|model|money|accepts|catalogue)|manifest/src/formula-cell)[.]ts$',
      },
    },
    {
      name: 'cli-speaks-through-the-client',
      comment:
        'What the command line needs of the API, every service needs: add it to packages/client. Of ours it reads only tables the rules about requests, keys, pictures and clocks, which the producer has too, and what reads a catalog in a bucket.',
      severity: 'error',
      from: { path: '^apps/cli/src/', pathNot: '[.]test[.]ts$' },
      to: {
        path: ['^(apps|packages)/', '^(node:)?(http|https|http2|net|tls)$', '/undici/'],
        pathNot: [
          '^apps/cli/src/',
          '^packages/(client|manifest|results)/src/',
          '^packages/dashscope/src/(models|model|money|accepts|catalogue|error-table)[.]ts$',
          '^packages/shared/src/(contract/(edit-request|failure-codes)|net/(addresses|source-address|address-expiry|proxy-settings)|store/(open-objects|store-error)|picture/(file-kind|fitted-size|picture-change|prepare-picture|read-picture)|zone/(wall-clock|window)|key-index|in-order|duration-text)[.]ts$',
        ],
      },
    },
    {
      name: 'cli-folders-look-down',
      comment:
        'In apps/cli the commands stand on picture/, and both on show/: move what a folder needs from above into it.',
      severity: 'error',
      from: { path: '^apps/cli/src/(show|picture)/', pathNot: '[.]test[.]ts$' },
      to: { path: '^apps/cli/src/', pathNot: ['^apps/cli/src/$1/', '^apps/cli/src/show/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages/client|apps/console)/dist/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
