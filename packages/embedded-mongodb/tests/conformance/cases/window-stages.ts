import { fails, pipelineFile } from '../build-cases';

const CAKES = [
  { _id: 0, type: 'almond', orderDate: new Date('2021-01-12'), state: 'CA', quantity: 120 },
  { _id: 1, type: 'almond', orderDate: new Date('2019-01-08'), state: 'WA', quantity: 140 },
  { _id: 2, type: 'cherry', orderDate: new Date('2020-02-08'), state: 'CA', quantity: 162 },
  { _id: 3, type: 'cherry', orderDate: new Date('2021-01-11'), state: 'WA', quantity: 134 },
];

const SERIES = [
  { _id: 1, time: 1, value: 10 },
  { _id: 2, time: 2 },
  { _id: 3, time: 4, value: 40 },
];

/** One output field over the series in order of time. */
function over(value: object) {
  return [
    { $setWindowFields: { sortBy: { time: 1 }, output: { result: value } } },
    { $project: { result: 1 } },
  ];
}

function results(...values: unknown[]) {
  return values.map((result, index) => ({ _id: index + 1, result }));
}

const UP_TO_CURRENT = { documents: ['unbounded', 'current'] };

const method = 'approximate';

/** Stages that look at a document's neighbours. */
export const windowStages = [
  pipelineFile('reference/operator/aggregation/setWindowFields', CAKES, [
    [
      'sums by state in order of time',
      [
        {
          $setWindowFields: {
            partitionBy: '$state',
            sortBy: { orderDate: 1 },
            output: { total: { $sum: '$quantity', window: UP_TO_CURRENT } },
          },
        },
        { $project: { total: 1 } },
      ],
      [
        { _id: 2, total: 162 },
        { _id: 0, total: 282 },
        { _id: 1, total: 140 },
        { _id: 3, total: 274 },
      ],
    ],
    [
      'a range of months',
      [
        {
          $setWindowFields: {
            sortBy: { orderDate: 1 },
            output: {
              recent: { $push: '$_id', window: { range: [-12, 'current'], unit: 'month' } },
            },
          },
        },
        { $project: { recent: 1 } },
      ],
      [
        { _id: 1, recent: [1] },
        { _id: 2, recent: [2] },
        { _id: 3, recent: [2, 3] },
        { _id: 0, recent: [2, 3, 0] },
      ],
    ],
    ['without output', [{ $setWindowFields: {} }], fails(40414)],
    [
      'an unknown function',
      [{ $setWindowFields: { output: { a: { $nope: 1 } } } }],
      fails(9, 'Unrecognized window function, $nope'),
    ],
    [
      'bounds without an order',
      [{ $setWindowFields: { output: { a: { $sum: 1, window: { documents: [0, 1] } } } } }],
      fails(5339901),
    ],
  ]),
  pipelineFile('reference/operator/aggregation: window operators', SERIES, [
    ['$rank', over({ $rank: {} }), results(1, 2, 3)],
    ['$denseRank', over({ $denseRank: {} }), results(1, 2, 3)],
    ['$documentNumber', over({ $documentNumber: {} }), results(1, 2, 3)],
    ['$shift', over({ $shift: { output: '$time', by: -1 } }), results(null, 1, 2)],
    [
      '$derivative',
      over({ $derivative: { input: '$time' }, window: { documents: [-1, 0] } }),
      results(null, 1, 1),
    ],
    [
      '$integral',
      over({ $integral: { input: '$time' }, window: UP_TO_CURRENT }),
      results(0, 1.5, 7.5),
    ],
    ['$expMovingAvg', over({ $expMovingAvg: { input: '$value', N: 3 } }), results(10, 10, 25)],
    ['$locf', over({ $locf: '$value' }), results(10, 10, 40)],
    ['$linearFill', over({ $linearFill: '$value' }), results(10, 20, 40)],
    ['$derivative without a window', over({ $derivative: { input: '$time' } }), fails(9)],
    ['$rank with an argument', over({ $rank: 1 }), fails(5371603)],
  ]),
  pipelineFile('reference/operator/aggregation/fill', SERIES, [
    [
      'a constant',
      [{ $fill: { output: { value: { value: 0 } } } }, { $match: { _id: 2 } }],
      [{ _id: 2, time: 2, value: 0 }],
    ],
    [
      'the last value',
      [{ $fill: { sortBy: { time: 1 }, output: { value: { method: 'locf' } } } }],
      [
        { _id: 1, time: 1, value: 10 },
        { _id: 2, time: 2, value: 10 },
        { _id: 3, time: 4, value: 40 },
      ],
    ],
    ['nothing', [{ $fill: { output: {} } }], fails(6050203)],
    ['both', [{ $fill: { output: { a: { value: 1, method: 'locf' } } } }], fails(6050201)],
  ]),
  pipelineFile('reference/operator/aggregation/densify', SERIES, [
    [
      'the full range',
      [
        { $densify: { field: 'time', range: { step: 1, bounds: 'full' } } },
        { $project: { _id: 0, time: 1 } },
      ],
      [{ time: 1 }, { time: 2 }, { time: 3 }, { time: 4 }],
    ],
    [
      'explicit bounds',
      [
        { $match: { _id: 1 } },
        { $densify: { field: 'time', range: { step: 1, bounds: [0, 3] } } },
        { $project: { _id: 0, time: 1 } },
      ],
      [{ time: 0 }, { time: 1 }, { time: 2 }],
    ],
    [
      'partition bounds without partitions',
      [{ $densify: { field: 'time', range: { step: 1, bounds: 'partition' } } }],
      fails(5733408),
    ],
  ]),
  pipelineFile('reference/operator/aggregation/percentile', SERIES, [
    [
      'as an accumulator',
      [{ $group: { _id: null, p: { $percentile: { input: '$time', p: [0.5, 0.95], method } } } }],
      [{ _id: null, p: [2, 4] }],
    ],
    [
      'as an expression',
      [
        { $match: { _id: 1 } },
        { $project: { p: { $percentile: { input: [3, 1, 2], p: [0.5], method } } } },
      ],
      [{ _id: 1, p: [2] }],
    ],
    [
      '$median as an accumulator',
      [{ $group: { _id: null, m: { $median: { input: '$time', method } } } }],
      [{ _id: null, m: 2 }],
    ],
    [
      '$median as an expression',
      [{ $match: { _id: 1 } }, { $project: { m: { $median: { input: [4, 1], method } } } }],
      [{ _id: 1, m: 1 }],
    ],
    [
      'another method',
      [{ $group: { _id: null, m: { $median: { input: '$time', method: 'exact' } } } }],
      fails(2),
    ],
  ]),
];
