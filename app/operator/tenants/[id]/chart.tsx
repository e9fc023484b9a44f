import './chart.css';
import type { Day } from '@/lib/operators/tenants/activity';

const STEP = 20;
const BAR = 14;
const UP = 110;
const DOWN = 46;
const GAP = 1;

/*
 * Sign-ins stand on the line, those with a second factor at the bottom; failures hang below it, on
 * the same scale as far as there is room.
 */
export function Chart({ days, label }: { days: Day[]; label: string }) {
  const most = Math.max(1, ...days.map((day) => day.signIns));
  const worst = Math.max(1, ...days.map((day) => day.failures));
  const scale = UP / most;
  const below = Math.min(scale, DOWN / worst);
  const width = days.length * STEP;
  return (
    <svg className="chart" viewBox={`0 0 ${width} ${UP + DOWN}`} role="img" aria-label={label}>
      {days.map((day, index) => {
        const x = index * STEP + (STEP - BAR) / 2;
        const all = height(day.signIns, scale);
        const strong = height(day.secondFactor, scale);
        return (
          <g key={day.day}>
            <rect className="chart-soft" x={x} y={UP - all} width={BAR} height={Math.max(0, all - strong)} />
            <rect className="chart-strong" x={x} y={UP - strong} width={BAR} height={strong} />
            <rect className="chart-bad" x={x} y={UP + GAP} width={BAR} height={height(day.failures, below)} />
          </g>
        );
      })}
      <path className="chart-line" d={`M0 ${UP + GAP / 2}H${width}`} />
    </svg>
  );
}

/** What there is at all is seen. */
function height(count: number, scale: number) {
  return count === 0 ? 0 : Math.max(2, Math.round(count * scale * 10) / 10);
}
