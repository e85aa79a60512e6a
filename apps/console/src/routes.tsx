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
  { path: '/search', component: page(async () => (await import('./search/search-page.tsx')).SearchPage) },
  {
    path: '/failures',
    component: page(async () => (await import('./failures/failures-page.tsx')).FailuresPage),
  },
  { path: '/edits/:id', component: page(async () => (await import('./edit/edit-page.tsx')).EditPage) },
  { path: '/lanes', component: page(async () => (await import('./lanes/lanes-page.tsx')).LanesPage) },
  { path: '/spend', component: page(async () => (await import('./spend/spend-page.tsx')).SpendPage) },
  {
    path: '/schedules',
    component: page(async () => (await import('./schedules/schedules-page.tsx')).SchedulesPage),
  },
  {
    path: '/schedules/:name',
    component: page(async () => (await import('./schedules/schedule-page.tsx')).SchedulePage),
  },
  {
    path: '/webhooks',
    component: page(async () => (await import('./webhooks/webhooks-page.tsx')).WebhooksPage),
  },
  {
    path: '/webhooks/:id',
    component: page(async () => (await import('./webhooks/webhook-page.tsx')).WebhookPage),
  },
  {
    path: '/uncertain',
    component: page(async () => (await import('./uncertain/uncertain-page.tsx')).UncertainPage),
  },
  {
    path: '/settings',
    component: page(async () => (await import('./settings/settings-page.tsx')).SettingsPage),
  },
  { path: '/batches/:id', component: page(async () => (await import('./batch/batch-page.tsx')).BatchPage) },
  {
    path: '/batches/:id/gallery',
    component: page(async () => (await import('./gallery/gallery-page.tsx')).GalleryPage),
  },
]

/** What the navigation names, in its order: one line each, with a row in app/keys.ts. */
export const entries: readonly NavEntry[] = [
  { to: '/batches', label: 'Batches', action: 'go-batches', letter: 'b' },
  { to: '/failures', label: 'Failures', action: 'go-failures', letter: 'f' },
  { to: '/uncertain', label: 'Uncertain', action: 'go-uncertain', letter: 'u' },
  { to: '/lanes', label: 'Lanes', action: 'go-lanes', letter: 'l' },
  { to: '/spend', label: 'Spend', action: 'go-spend', letter: 's' },
  { to: '/schedules', label: 'Schedules', action: 'go-schedules', letter: 'c' },
  { to: '/webhooks', label: 'Webhooks', action: 'go-webhooks', letter: 'w' },
  { to: '/settings', label: 'Settings', action: 'go-settings', letter: ',' },
]
