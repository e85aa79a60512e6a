import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The producer serves what is built below `/console`, under a policy that allows no inline script and no other host. */
export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    target: 'es2023',
    sourcemap: false,
    // a picture in an address of its own is cached; one in a script is not
    assetsInlineLimit: 0,
  },
  server: { proxy: { '/v1': 'http://127.0.0.1:8080' } },
})
