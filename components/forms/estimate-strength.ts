import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

const LONGEST = 64;
const estimator = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs });

export function estimateStrength(password: string, context: string[]): number {
  return estimator.check(password.slice(0, LONGEST), context).score;
}
