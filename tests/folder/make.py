"""Writes the Parquet files of this folder, with pyarrow 26 (pip install pyarrow)."""
from datetime import date, datetime, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq

at = datetime(2026, 1, 5, 10, 0, 0, 123456, timezone.utc)
local = datetime(2026, 7, 1, 12, 0)
line = pa.struct([("sku", pa.string()), ("quantity", pa.int32())])
columns = {
    "id": pa.array([1, 2, 9007199254740993], pa.int64()),
    "customer": pa.array(["customer-1", "customer-2", None], pa.string()),
    "total": pa.array([Decimal("12345678901234.10"), Decimal("-0.05"), None], pa.decimal128(20, 2)),
    "at_us": pa.array([at, at, at], pa.timestamp("us", "UTC")),
    "at_ns": pa.array([at, at, None], pa.timestamp("ns", "UTC")),
    "at_local": pa.array([local, local, local], pa.timestamp("ms")),
    "day": pa.array([date(2026, 1, 5), date(1969, 12, 31), None], pa.date32()),
    "ratio": pa.array([0.1, 1e21, float("nan")], pa.float64()),
    "flag": pa.array([True, False, None], pa.bool_()),
    "lines": pa.array([[{"sku": "a", "quantity": 2}], [], None], pa.list_(line)),
    "facts": pa.array([{"city": "Bilbao"}, {"city": None}, None], pa.struct([("city", pa.string())])),
}
table = pa.table(columns)
for codec in ["snappy", "zstd", "gzip", "lz4", "none"]:
    pq.write_table(table, f"orders-{codec}.parquet", compression=codec)
