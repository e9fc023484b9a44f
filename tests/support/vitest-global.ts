import type { TestProject } from 'vitest/node';
import { type Cluster, startCluster } from '@/tests/support/cluster';

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: Cluster;
  }
}

/** One Postgres for the whole run; it stops with this process, however that ends. */
export default async function globalSetup(project: TestProject) {
  const { cluster, stop } = await startCluster();
  project.provide('cluster', cluster);
  return stop;
}
