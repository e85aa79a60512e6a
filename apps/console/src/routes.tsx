import { type ComponentType, lazy } from 'react'
import type { NavEntry } from './ui/frame.tsx'

/** A page: its address (`:name` as wouter reads it), and its component, which is loaded when it is gone to. */
export type Page = { path: string; component: ComponentType }

/** `page(async () => (await import('./batches/batches-page.tsx')).BatchesPage)` */
const page = (load: () => Promise<ComponentType>): ComponentType =>
  lazy(async () => ({ default: await load() }))

/** Every page of the console: one line each. */
export const pages: readonly Page[] = [
  { path: '/batches', component: page(async () => (await import('./batches/batches-page.tsx')).BatchesPage) },
  {
    path: '/batches/:id/gallery',
    component: page(async () => (await import('./gallery/gallery-page.tsx')).GalleryPage),
  },
]

/** What the navigation names, in its order: one line each, with a row in app/keys.ts. */
export const entries: readonly NavEntry[] = [
  { to: '/batches', label: 'Batches', action: 'go-batches', letter: 'b' },
]
