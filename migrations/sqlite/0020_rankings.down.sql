DROP TABLE sales_position;
DROP TABLE schedule_sales;
