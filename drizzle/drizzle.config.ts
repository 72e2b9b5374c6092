// For `npm run db:generate -- --name what_it_does`: schema in, a named SQL file out, here.

import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/store/schema-*.ts', out: './drizzle' })
