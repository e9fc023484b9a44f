import type { TestProject } from 'vitest/node';
import { type Cluster, startCluster } from '@/tests/support/cluster';

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: Cluster;
  }
}

/**
 * Starts one Postgres for the whole run, unless only unit tests run; it stops with this process,
 * however that ends.
 */
export default async function globalSetup(project: TestProject) {
  if (project.vitest.projects.every(({ name }) => name === 'unit')) return;
  const { cluster, stop } = await startCluster();
  project.provide('cluster', cluster);
  return stop;
}
